package io.penstock.common.outbox;

/**
 * How the outbox is.
 *
 * @param lagMs age of the oldest unsent row in ms, 0 when there is none
 * @param unsent rows that wait for a relay; {@link #COUNTED} stands for that many or more
 * @param deadLetters rows that cannot become jobs; {@link #COUNTED} stands for that many or more
 */
public record OutboxStatus(long lagMs, long unsent, long deadLetters) {

    /** More rows are not counted: counting must not cost more than relaying. */
    public static final int COUNTED = 100_000;
}
