package io.penstock.common.products;

import org.jspecify.annotations.Nullable;

/**
 * Something a user is to be told.
 *
 * @param about such as {@code anomaly:17}: there is no second notification about it
 * @param kind {@code anomaly}, {@code report}, {@code system} or {@code digest}
 * @param subject one line
 */
public record NewNotification(
        long userId,
        String about,
        String kind,
        @Nullable Long anomalyId,
        @Nullable Long reportId,
        String subject,
        String body) {}
