package io.penstock.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.templates.bulk.Impact;
import io.penstock.common.templates.bulk.PredictedConflict;
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateTree;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What bulk operations are asked with, and what they answer. */
final class BulkBodies {

    private BulkBodies() {}

    /** Templates to be made. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkCreate")
    record Create(
            @Schema(description = "Whose they are; may be left out by a key of one tenant") @Nullable String tenant,
            @Schema(
                            description = "Their fields; 'id' may be given, so that others can have it as 'parentId'",
                            implementation = Object[].class)
                    @Nullable
                    List<JsonNode> templates,
            @Schema(description = "For people") @Nullable String name,
            @Schema(
                            enumeration = {"abort", "skip", "override", "merge"},
                            description = "default skip")
                    @Nullable
                    String conflict,
            @Schema(description = "0 to 10, 10 first; default 0") @Nullable Integer priority,
            @Schema(description = "Not before; default now") @Nullable Instant startAt,
            @Schema(
                            enumeration = {"strict", "partial"},
                            description = "Whether properties may lack what the rules want; default strict")
                    @Nullable
                    String validation) {}

    /** One change. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkChange")
    record Change(
            @Nullable String id,
            @Schema(description = "The version that was seen; another one is a conflict") @Nullable
                    Long expectedVersion,
            @Schema(implementation = Object.class, description = "The fields that change") @Nullable JsonNode set) {}

    /** Changes of templates. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkUpdate")
    record Update(
            @Nullable String tenant,
            @Schema(description = "One for each template") @Nullable List<Change> changes,
            @Nullable String name,
            @Schema(
                            enumeration = {"abort", "skip", "override", "merge"},
                            description = "default skip")
                    @Nullable
                    String conflict,
            @Schema(description = "0 to 10, 10 first; default 0") @Nullable Integer priority,
            @Schema(description = "Not before; default now") @Nullable Instant startAt,
            @Schema(
                            enumeration = {"strict", "partial"},
                            description = "Whether properties may lack what the rules want; default strict")
                    @Nullable
                    String validation) {}

    /** Templates that an operation would be about. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkIds")
    record Ids(@Nullable String tenant, @Nullable List<String> ids) {}

    /** An operation that is thought about. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkPredict")
    record Predict(
            @Nullable String tenant,
            @Schema(enumeration = {"create", "update", "delete"}) @Nullable String action,
            @Schema(description = "Of create", implementation = Object[].class) @Nullable List<JsonNode> templates,
            @Schema(description = "Of update") @Nullable List<Change> changes,
            @Schema(description = "Of delete") @Nullable List<String> ids) {}

    /** The way back. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkRestore")
    record Restore(
            @Nullable String tenant,
            @Schema(description = "The operation that changed the templates") @Nullable String batchId,
            @Schema(description = "Only these; default: all that it changed") @Nullable List<String> ids,
            @Schema(
                            enumeration = {"abort", "skip", "override"},
                            description = "default skip")
                    @Nullable
                    String conflict,
            @Schema(description = "0 to 10, 10 first; default 0") @Nullable Integer priority) {}

    /** An operation that was begun. */
    @RegisterForReflection
    @Schema(name = "TemplateBulkStarted")
    record Started(String batchId, long total, List<String> ids) {}

    @RegisterForReflection
    @Schema(name = "TemplatePrediction")
    record Predicted(@Schema(description = "The most probable first") List<PredictedConflict> conflicts) {}

    @RegisterForReflection
    @Schema(name = "TemplateImpact")
    record ImpactAnswer(Impact impact) {}

    @RegisterForReflection
    @Schema(name = "TemplateBackups")
    record Backups(
            List<TemplateBackups.Summary> backups,
            @Schema(description = "'before' of the next page; absent: there is none") @Nullable String next) {}

    @RegisterForReflection
    @Schema(name = "TemplateBackup")
    record Backup(
            List<TemplateBackups.Line> templates,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    /** How an operation is getting on. */
    @RegisterForReflection
    @Schema(name = "TemplateOperation")
    record Operation(
            String batchId,
            String type,
            @Nullable String name,
            String status,
            int progress,
            long total,
            long completed,
            long failed,
            long skipped,
            Map<String, Long> result,
            Instant createdAt,
            @Nullable Instant finishedAt) {}

    @RegisterForReflection
    @Schema(name = "TemplateOperations")
    record Operations(List<Operation> operations) {}

    /** What became of one template. */
    @RegisterForReflection
    @Schema(name = "TemplateOperationItem")
    record Item(long item, String status, @Nullable String templateId, @Nullable String why) {}

    @RegisterForReflection
    @Schema(name = "TemplateOperationItems")
    record Items(
            List<Item> items,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    /** Part of the tree. */
    @RegisterForReflection
    @Schema(name = "TemplateNodes")
    record Nodes(
            @Schema(description = "From the top to the parent that was asked for; empty: the top")
                    List<TemplateTree.Node> above,
            List<TemplateTree.Node> templates,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}
}
