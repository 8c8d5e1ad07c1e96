package io.penstock.common.redis;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A command was not carried out in time, as far as is known. {@link #outcome} tells what that means for its effect. */
public final class RedisDeadlineException extends RuntimeException {

    /** What is known of the command. */
    public enum Outcome {
        /** It was sent and not answered: it may have taken effect. */
        UNANSWERED,
        /** It waited for a connection all the time, and was never sent. */
        NOT_SENT,
        /** The servers said, as often as they were asked, that they do not take it now. */
        REFUSED
    }

    private final Outcome outcome;

    /** Of a command that was sent. */
    public RedisDeadlineException(String link, Duration deadline) {
        this(link, deadline, Outcome.UNANSWERED, null);
    }

    /** @param lastRefusal what the servers said meanwhile, if anything */
    RedisDeadlineException(String link, Duration deadline, boolean underWay, @Nullable Throwable lastRefusal) {
        this(link, deadline, outcome(underWay, lastRefusal), lastRefusal);
    }

    private RedisDeadlineException(String link, Duration deadline, Outcome outcome, @Nullable Throwable lastRefusal) {
        super(
                words(outcome) + " within " + deadline.toMillis() + " ms (link '" + link + "')"
                        + (lastRefusal == null ? "" : ", last: " + lastRefusal.getMessage()),
                null,
                false,
                false);
        this.outcome = outcome;
    }

    private static Outcome outcome(boolean underWay, @Nullable Throwable lastRefusal) {
        if (underWay) {
            return Outcome.UNANSWERED;
        }
        return lastRefusal == null ? Outcome.NOT_SENT : Outcome.REFUSED;
    }

    private static String words(Outcome outcome) {
        return switch (outcome) {
            case UNANSWERED -> "Redis did not answer";
            case NOT_SENT -> "Redis could not be reached";
            case REFUSED -> "Redis did not take it";
        };
    }

    public Outcome outcome() {
        return outcome;
    }
}
