package io.penstock.worker.diagnostics;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Proves that batches get through, and shows what they cost by themselves. */
@ApplicationScoped
class CountHandler implements BatchHandler<Long> {

    @Override
    public BatchType<Long> type() {
        return DiagnosticsJobs.COUNT;
    }

    @Override
    public Uni<ItemResult> handle(Long item, ItemContext context) {
        return Uni.createFrom().item(ItemResult.completed());
    }
}
