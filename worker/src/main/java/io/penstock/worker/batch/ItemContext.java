package io.penstock.worker.batch;

import io.penstock.common.batch.ConflictStrategy;
import io.vertx.core.json.JsonObject;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know about the batch of its item.
 *
 * @param tenant whose work it is; null: nobody's
 * @param conflict what is to be done where something stands against an item
 * @param config what whoever made the batch tells its handler; maybe empty
 * @param createdByName who made it
 */
public record ItemContext(
        UUID batchId, @Nullable String tenant, ConflictStrategy conflict, JsonObject config, String createdByName) {}
