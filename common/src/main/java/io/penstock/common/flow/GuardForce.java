package io.penstock.common.flow;

import java.time.Instant;
import java.util.Locale;

/**
 * What an operator has decided about a guard. In force in every process until it is lifted, over restarts.
 *
 * @param resetAt when the guards were reset last; {@link Instant#EPOCH}: never
 * @param by id of the caller who decided
 * @param reason why, as they said; empty: they did not
 */
public record GuardForce(String guard, State state, Instant resetAt, String by, Instant at, String reason) {

    /** What is decided. */
    public enum State {
        /** Nothing: the guard decides for itself. */
        NONE,
        /** No call gets through. */
        OPEN,
        /** Calls get through whatever the breaker says. Rate limit, time-out and pauses hold. */
        CLOSED;

        /** As it is stored and shown. */
        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }
}
