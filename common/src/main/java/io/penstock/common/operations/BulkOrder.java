package io.penstock.common.operations;

import io.penstock.common.queue.JobAdmin;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.Optional;

/**
 * What is to be done to which jobs, as the batch of an operation tells it to its handler.
 *
 * @param children what retried parents do about their children
 * @param frozenAt when the filter was given, by the clock that jobs are accepted by
 */
public record BulkOrder(BulkAction action, BulkFilter filter, JobAdmin.Children children, Instant frozenAt) {

    /** Fails with {@link IllegalArgumentException} where the object is none, and with {@link InvalidFilterException}. */
    public static BulkOrder of(JsonObject config) {
        BulkFilter filter = Optional.ofNullable(config.getJsonObject("filter"))
                .map(given -> given.mapTo(BulkFilter.class))
                .orElseThrow(() -> new IllegalArgumentException("config.filter: is missing"));
        filter.check();
        return new BulkOrder(
                BulkAction.of(config.getString("action", ""))
                        .orElseThrow(() -> new IllegalArgumentException("config.action: is no action")),
                filter,
                JobAdmin.Children.of(config.getString("children", ""))
                        .orElseThrow(() -> new IllegalArgumentException("config.children: must be retry or ignore")),
                Instant.parse(config.getString("frozenAt", "")));
    }

    JsonObject config() {
        return new JsonObject()
                .put("action", action.text())
                .put("filter", JsonObject.mapFrom(filter))
                .put("children", children.text())
                .put("frozenAt", frozenAt.toString());
    }
}
