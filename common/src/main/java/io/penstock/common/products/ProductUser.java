package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who tracks products.
 *
 * @param lastActiveAt null: never
 * @param unsubscribedAt when the user stopped the mails by their link; null: has not
 */
@RegisterForReflection
public record ProductUser(
        long id,
        String email,
        @Nullable String name,
        Plan plan,
        Settings settings,
        @Nullable Instant lastActiveAt,
        @Nullable Instant unsubscribedAt,
        Instant createdAt) {

    /**
     * What a user wants to hear of, and how.
     *
     * @param priceChangePercent a price that changed by more is told; likewise the rank
     * @param ratingChange in stars
     * @param reviewSurgePercent reviews that came within a day, of those there were before
     * @param webhookUrl null: none
     * @param hasWebhookSecret whether what is sent there is signed with the user's own secret
     */
    @RegisterForReflection
    public record Settings(
            double priceChangePercent,
            double rankChangePercent,
            double ratingChange,
            double reviewSurgePercent,
            boolean buyBoxAlerts,
            boolean email,
            @Nullable String webhookUrl,
            boolean hasWebhookSecret,
            Digest digest) {}
}
