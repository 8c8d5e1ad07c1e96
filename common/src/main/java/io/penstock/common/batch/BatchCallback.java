package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A job that is enqueued when a batch ends, exactly once.
 *
 * @param type name of its job type
 * @param payload of the job; null: empty
 * @param batchIdAs the field of the payload that takes the id of the batch; null: none
 */
public record BatchCallback(@Nullable String type, @Nullable JsonNode payload, @Nullable String batchIdAs) {}
