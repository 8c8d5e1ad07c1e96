package io.penstock.worker.products;

import io.penstock.common.products.NotificationSending.Change;
import io.penstock.common.products.NotificationSending.Claimed;
import io.penstock.common.products.NotificationSending.Line;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;

/** A notification as JSON for programs. */
final class NotificationHook {

    private NotificationHook() {}

    /** @param lines what a digest tells of */
    static JsonObject of(Claimed notification, List<Line> lines) {
        JsonObject body = new JsonObject()
                .put("source", "penstock")
                .put("id", notification.id())
                .put("kind", notification.kind())
                .put("subject", notification.subject())
                .put("text", notification.body())
                .put("createdAt", notification.createdAt().toString());
        notification.change().ifPresent(change -> body.put("change", change(change)));
        if (!lines.isEmpty()) {
            JsonArray notifications = new JsonArray();
            lines.forEach(line -> notifications.add(new JsonObject()
                    .put("id", line.id())
                    .put("kind", line.kind())
                    .put("subject", line.subject())
                    .put("createdAt", line.createdAt().toString())));
            body.put("notifications", notifications);
        }
        return body;
    }

    private static JsonObject change(Change change) {
        JsonObject json = new JsonObject()
                .put("productId", change.trackedId())
                .put("marketplace", change.marketplace())
                .put("asin", change.asin())
                .put("kind", change.kind())
                .put("before", change.before())
                .put("after", change.after())
                .put("seenAt", change.seenAt().toString());
        Double percent = change.changePercent();
        return percent == null ? json : json.put("changePercent", percent);
    }
}
