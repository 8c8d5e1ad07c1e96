package io.penstock.common.templates.bulk;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The bulk operations on templates, as batches. */
@ApplicationScoped
public class TemplateBatches implements BatchTypeSource {

    public static final BatchType<TemplateChange> CREATE =
            BatchType.of("templates.create", TemplateChange.class).chunkSize(BatchType.MAX_CHUNK);
    public static final BatchType<TemplateChange> UPDATE =
            BatchType.of("templates.update", TemplateChange.class).chunkSize(BatchType.MAX_CHUNK);
    public static final BatchType<TemplateRestore> RESTORE =
            BatchType.of("templates.restore", TemplateRestore.class).chunkSize(BatchType.MAX_CHUNK);

    /** Of a batch's configuration: how complete properties have to be, as {@link io.penstock.common.templates.RuleSet.Strictness} is written. */
    public static final String VALIDATION = "validation";

    /** Those that change templates that exist. */
    public static final List<String> CHANGING = List.of(UPDATE.name(), RESTORE.name());

    public static final List<String> ALL = List.of(CREATE.name(), UPDATE.name(), RESTORE.name());

    @Override
    public String workload() {
        return "templates";
    }

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(CREATE, UPDATE, RESTORE);
    }
}
