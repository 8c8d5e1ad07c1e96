package io.penstock.worker.templates;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.templates.TemplateChanges;
import io.penstock.common.templates.bulk.RuledChains;
import io.penstock.common.templates.bulk.TemplateBackups;
import io.penstock.common.templates.bulk.TemplateRows;
import io.penstock.worker.batch.TransactionalBatchHandler;
import java.util.List;

/** The handlers of bulk operations, for programs without a bean container. */
public final class TemplateHandlers {

    private TemplateHandlers() {}

    public static List<TransactionalBatchHandler<?>> of(
            TemplateRows rows, TemplateBackups backups, RuledChains chains, MeterRegistry registry) {
        ChunkRules rules = new ChunkRules(chains);
        TemplateMeters meters = new TemplateMeters(registry);
        return List.of(
                new CreateTemplatesHandler(rows, rules, TemplateChanges.untold(), meters),
                new UpdateTemplatesHandler(rows, backups, rules, TemplateChanges.untold(), meters),
                new RestoreTemplatesHandler(rows, backups, TemplateChanges.untold(), meters));
    }
}
