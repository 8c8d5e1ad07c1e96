package io.penstock.api.orders;

import io.penstock.common.orders.Order;
import io.penstock.common.orders.OrderState;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An order as callers see it. */
@RegisterForReflection
@Schema(name = "Order")
public record OrderAnswer(
        long id,
        String email,
        long ticketTypeId,
        int quantity,
        @Schema(description = "What the tickets cost together, in hundredths of the currency") long amountCents,
        String currency,
        @Schema(description = "pending, paid, expired or cancelled") OrderState state,
        Instant createdAt,
        @Schema(description = "Until when the tickets are held") Instant expiresAt,
        @Schema(description = "Seconds until then; 0 unless it is pending") long secondsLeft,
        @Schema(description = "When it left pending") @Nullable Instant endedAt,
        @Schema(description = "Reference of the payment") @Nullable String payment) {

    /** A page of orders. */
    @RegisterForReflection
    @Schema(name = "Orders")
    public record Page(
            List<OrderAnswer> orders,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    /** How many orders there are of each state. */
    @RegisterForReflection
    @Schema(name = "OrderCounts")
    public record Counts(
            Map<String, Long> counts, @Schema(description = "Where a state is counted no further") int countedUpTo) {}

    static OrderAnswer of(Order order, Instant now) {
        long left = Math.max(0, Duration.between(now, order.expiresAt()).toSeconds());
        return new OrderAnswer(
                order.id(),
                order.email(),
                order.ticketTypeId(),
                order.quantity(),
                order.amountCents(),
                order.currency(),
                order.state(),
                order.createdAt(),
                order.expiresAt(),
                order.state() == OrderState.PENDING ? left : 0,
                order.endedAt(),
                order.payment());
    }
}
