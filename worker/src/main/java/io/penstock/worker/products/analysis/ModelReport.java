package io.penstock.worker.products.analysis;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;

/**
 * What the model wrote, as it is cached.
 *
 * @param jobId the job that paid for it
 */
@RegisterForReflection
record ModelReport(
        Written written,
        String model,
        String promptVersion,
        int inputTokens,
        int outputTokens,
        BigDecimal cost,
        String jobId,
        Instant answeredAt) {}
