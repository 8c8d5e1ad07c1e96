package io.penstock.api.orders;

import io.penstock.common.orders.HoldRequest;
import io.penstock.common.queue.IdempotencyKey;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Somebody wants tickets. */
@RegisterForReflection
@Schema(name = "HoldRequest")
public record HoldBody(
        @Schema(required = true, examples = "ada@example.org") @Nullable String email,
        @Schema(required = true, description = "Which tickets") @Nullable Long ticketTypeId,
        @Schema(required = true, description = "How many, 1 to penstock.orders.max-per-order") @Nullable
                Integer quantity) {

    HoldRequest request(Optional<IdempotencyKey> key) {
        return new HoldRequest(
                Bodies.present("email", email),
                Bodies.present("ticketTypeId", ticketTypeId),
                Bodies.present("quantity", quantity),
                key);
    }
}
