package io.penstock.common.outbox;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A row that cannot become a job.
 *
 * @param payload beginning of the JSON text
 * @param options beginning of the JSON text
 * @param reason what is wrong, with the field where one is to blame
 */
public record DeadLetter(
        long id,
        String jobId,
        String type,
        String payload,
        String options,
        @Nullable String orderingKey,
        String reason,
        Instant createdAt,
        Instant refusedAt) {}
