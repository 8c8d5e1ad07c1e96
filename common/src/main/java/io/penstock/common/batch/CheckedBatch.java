package io.penstock.common.batch;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A new batch whose every field was checked. */
record CheckedBatch(
        BatchType<?> type,
        @Nullable String name,
        @Nullable String tenant,
        @Nullable UUID parentId,
        boolean open,
        long rangeFrom,
        long rangeSize,
        int chunkSize,
        boolean adaptive,
        int concurrency,
        int priority,
        @Nullable Instant startAt,
        ConflictStrategy conflict,
        JsonObject config,
        BatchCallbacks callbacks,
        @Nullable BatchSpec followedBy,
        String createdBy,
        String createdByName) {}
