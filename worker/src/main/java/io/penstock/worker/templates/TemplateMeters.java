package io.penstock.worker.templates;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.batch.ItemResult;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Counts what became of templates in bulk. A chunk that is rolled back and done again is counted again: exact numbers are the batch's. */
@ApplicationScoped
class TemplateMeters {

    private final MeterRegistry meters;

    @Inject
    TemplateMeters(MeterRegistry meters) {
        this.meters = meters;
    }

    void count(String action, List<ItemResult> results) {
        results.forEach(result -> Counter.builder("penstock.templates.bulk")
                .description("Templates of bulk operations that have ended")
                .tags(
                        "action",
                        action,
                        "outcome",
                        result.conflict() ? "conflict" : result.status().wire())
                .register(meters)
                .increment());
    }
}
