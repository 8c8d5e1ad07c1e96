package io.penstock.worker.batch;

import io.penstock.common.batch.ConflictStrategy;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a handler may know about the batch of its item.
 *
 * @param tenant whose work it is; null: nobody's
 * @param conflict what is to be done where something stands against an item
 */
public record ItemContext(UUID batchId, @Nullable String tenant, ConflictStrategy conflict) {}
