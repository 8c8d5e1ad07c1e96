package io.penstock.common.products;

import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A report that is kept; its parts as in {@link NewReport}.
 *
 * @param suggestions in their order
 */
public record ProductReport(
        long id,
        String kind,
        @Nullable Long userId,
        @Nullable Long groupId,
        @Nullable Long trackedId,
        String writtenBy,
        @Nullable String rulesBecause,
        @Nullable String model,
        @Nullable String promptVersion,
        int inputTokens,
        int outputTokens,
        BigDecimal cost,
        String summary,
        JsonObject body,
        @Nullable String jobId,
        Instant createdAt,
        List<NewReport.Suggestion> suggestions) {

    /**
     * Which reports are looked for; what is null does not matter.
     *
     * @param before only those with a smaller id
     */
    public record Filter(
            @Nullable String kind,
            @Nullable Long userId,
            @Nullable Long groupId,
            @Nullable Long trackedId,
            @Nullable Long before) {}
}
