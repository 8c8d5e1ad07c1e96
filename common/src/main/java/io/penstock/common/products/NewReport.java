package io.penstock.common.products;

import io.quarkus.runtime.annotations.RegisterForReflection;
import io.vertx.core.json.JsonObject;
import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an analysis found.
 *
 * @param kind {@code competitor}, {@code optimization} or {@code trend}
 * @param userId whose it is; null: the deployment's
 * @param groupId of a comparison
 * @param trackedId of an optimisation
 * @param writtenBy {@code model} or {@code rules}
 * @param rulesBecause why it was not the model; null where it was
 * @param promptVersion of the prompt that was asked; null: none was
 * @param cost in the currency of the configured prices
 * @param body by kind
 * @param jobId the job that wrote it: it writes one
 */
public record NewReport(
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
        List<Suggestion> suggestions) {

    /**
     * What could be done better.
     *
     * @param kind {@code title}, {@code price}, {@code description}, {@code images} or {@code keywords}
     * @param impact {@code low}, {@code medium} or {@code high}
     */
    @RegisterForReflection
    public record Suggestion(String kind, String suggestion, String reason, String impact) {}
}
