package io.penstock.api.batches;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Batch types of the tests: nobody works them off here. */
@ApplicationScoped
public class SampleBatches implements BatchTypeSource {

    /** One field. */
    @RegisterForReflection
    public record Line(String text) {}

    static final BatchType<Line> LINES = BatchType.of("sample.lines", Line.class);
    static final BatchType<Long> PAGES = BatchType.of("sample.pages", Long.class);

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(LINES, PAGES);
    }
}
