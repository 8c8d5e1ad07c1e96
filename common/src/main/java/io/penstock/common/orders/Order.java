package io.penstock.common.orders;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Some tickets of one type, held or bought by one user.
 *
 * @param amountCents what they cost together, in hundredths of the currency
 * @param expiresAt until when they are held; a pending order of before now is about to expire and can no longer be paid
 * @param endedAt when it was paid, expired or was cancelled; null: it is pending
 * @param payment reference of the payment; null: it is not paid
 */
public record Order(
        long id,
        String email,
        long ticketTypeId,
        int quantity,
        long amountCents,
        String currency,
        OrderState state,
        Instant createdAt,
        Instant expiresAt,
        @Nullable Instant endedAt,
        @Nullable String payment) {}
