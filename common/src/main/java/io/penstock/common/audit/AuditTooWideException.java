package io.penstock.common.audit;

import java.time.Duration;

/** A question that PostgreSQL could not answer in time: too many entries in the time asked for. */
public final class AuditTooWideException extends RuntimeException {

    private static final long serialVersionUID = 1;

    AuditTooWideException(Duration deadline) {
        super("takes longer than " + deadline.toSeconds() + " s; ask for less time or name an actor, action or target");
    }
}
