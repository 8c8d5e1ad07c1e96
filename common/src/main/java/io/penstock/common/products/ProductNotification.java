package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something a user was told, or is to be told.
 *
 * @param kind {@code anomaly}, {@code report}, {@code system} or {@code digest}
 * @param state {@code pending}; {@code digest}: waits for the user's digest; {@code sent}; {@code off}: the user wants none;
 *     {@code refused}: it was not taken any way
 * @param digestId of the digest that told of it
 * @param endedAt when it was done with; null: it is not
 */
@RegisterForReflection
public record ProductNotification(
        long id,
        String kind,
        @Nullable Long anomalyId,
        @Nullable Long reportId,
        String subject,
        String body,
        String state,
        @Nullable Long digestId,
        Instant createdAt,
        @Nullable Instant endedAt,
        Way mail,
        Way webhook) {

    /**
     * How far it has come one way.
     *
     * @param state {@code pending}, {@code sent}, {@code off} or {@code refused}
     * @param failure why it was refused, or not taken the last time
     */
    @RegisterForReflection
    public record Way(String state, @Nullable Instant sentAt, @Nullable String failure, int tries) {}
}
