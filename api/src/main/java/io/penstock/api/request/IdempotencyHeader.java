package io.penstock.api.request;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.queue.IdempotencyKey;
import io.quarkus.security.identity.SecurityIdentity;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The header by which a caller makes a call safe to repeat. */
public final class IdempotencyHeader {

    public static final String NAME = "Idempotency-Key";

    private IdempotencyHeader() {}

    /** A key belongs to the caller that it came with: callers cannot meet, nor learn of, each other's. */
    public static Optional<IdempotencyKey> keyOf(@Nullable String header, SecurityIdentity identity) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new IdempotencyKey(Caller.of(identity).id(), header));
        } catch (InvalidJobException e) {
            throw ProblemException.at(NAME, ProblemCode.INVALID_PARAMETER, NAME + ": " + e.reason());
        }
    }
}
