package io.penstock.api.products;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.products.ModelSpending;
import io.penstock.common.products.NewReport;
import io.penstock.common.products.ProductReport;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** An analysis as callers see it. */
@RegisterForReflection
@Schema(name = "ProductAnalysis")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record AnalysisAnswer(
        long id,
        @Schema(description = "competitor, optimization or trend") String kind,
        @Schema(description = "Whose it is; absent of a trend") @Nullable Long userId,
        @Schema(description = "The group that is compared") @Nullable Long groupId,
        @Schema(description = "What is tracked, of an optimization") @Nullable Long productId,
        @Schema(description = "model or rules") String writtenBy,
        @Schema(description = "Why it was not the model; absent where it was") @Nullable String rulesBecause,
        @Nullable String model,
        @Nullable String promptVersion,
        @Schema(description = "0 where the answer was cached") int inputTokens,
        int outputTokens,
        @Schema(description = "In the currency of the configured prices") BigDecimal cost,
        String summary,
        @Schema(description = "By kind: findings, the products side by side, what moved. Numbers in it are computed")
                Map<String, Object> body,
        List<Suggestion> suggestions,
        @Schema(description = "The job that wrote it") @Nullable String jobId,
        Instant createdAt) {

    /** What could be done better. */
    @RegisterForReflection
    @Schema(name = "ProductSuggestion")
    public record Suggestion(
            @Schema(description = "title, price, description, images or keywords") String kind,
            String suggestion,
            String reason,
            @Schema(description = "low, medium or high") String impact) {

        static Suggestion of(NewReport.Suggestion suggestion) {
            return new Suggestion(suggestion.kind(), suggestion.suggestion(), suggestion.reason(), suggestion.impact());
        }
    }

    /** A page of analyses. */
    @RegisterForReflection
    @Schema(name = "ProductAnalyses")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Page(
            @Schema(description = "The latest first") List<AnalysisAnswer> analyses,
            @Schema(description = "'before' of the next page; absent: there is none") @Nullable Long next) {}

    /** The job that makes an analysis. */
    @RegisterForReflection
    @Schema(name = "ProductAnalysisJob")
    public record Started(
            String jobId,
            @Schema(description = "False: the same was asked for within the same minute, and that job stands for it")
                    boolean added) {}

    /** What the language model has taken. */
    @RegisterForReflection
    @Schema(name = "ProductModelSpending")
    public record Spending(@Schema(description = "The latest first; days without calls are left out") List<Day> days) {}

    /** One day. */
    @RegisterForReflection
    @Schema(name = "ProductModelSpendingDay")
    public record Day(
            @Schema(description = "In UTC") LocalDate day,
            int calls,
            @Schema(description = "Calls without an answer of use") int failures,
            long inputTokens,
            long outputTokens,
            @Schema(description = "In the currency of the configured prices") BigDecimal cost) {

        static Day of(ModelSpending.Day day) {
            return new Day(day.day(), day.calls(), day.failures(), day.inputTokens(), day.outputTokens(), day.cost());
        }
    }

    static AnalysisAnswer of(ProductReport report) {
        return new AnalysisAnswer(
                report.id(),
                report.kind(),
                report.userId(),
                report.groupId(),
                report.trackedId(),
                report.writtenBy(),
                report.rulesBecause(),
                report.model(),
                report.promptVersion(),
                report.inputTokens(),
                report.outputTokens(),
                report.cost(),
                report.summary(),
                report.body().getMap(),
                report.suggestions().stream().map(Suggestion::of).toList(),
                report.jobId(),
                report.createdAt());
    }
}
