package io.penstock.common.audit;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One thing that somebody did, or tried to.
 *
 * @param role null: not known, as of a log-in that failed
 * @param action the resource and what was done to it, such as {@code queues.pause}
 * @param target which one; null: the resource as a whole
 * @param status of the answer over HTTP
 * @param before JSON; null: nothing was told. Never holds a secret, nor does {@code after}
 * @param after JSON; null: nothing was told
 * @param address where the request came from
 */
public record AuditEntry(
        Instant at,
        UUID id,
        Actor actor,
        @Nullable String role,
        String action,
        @Nullable String target,
        Outcome outcome,
        int status,
        @Nullable String before,
        @Nullable String after,
        String address,
        @Nullable String userAgent) {

    /**
     * Who did it.
     *
     * @param id stable
     * @param name what people call it
     * @param kind {@code user}, {@code key}, {@code link}, {@code token} or {@code environment}
     */
    public record Actor(String id, String name, String kind) {}

    /** What came of it. */
    public enum Outcome {
        /** It took effect. */
        DONE("done"),
        /** Whoever tried may not. */
        DENIED("denied"),
        /** It was not possible; nothing took effect. */
        REFUSED("refused"),
        /** Something was away or broke; whether it took effect is not known. */
        FAILED("failed");

        private final String wire;

        Outcome(String wire) {
            this.wire = wire;
        }

        /** As it is stored and shown. */
        public String wire() {
            return wire;
        }
    }
}
