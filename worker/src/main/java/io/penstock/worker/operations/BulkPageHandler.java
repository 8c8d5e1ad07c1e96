package io.penstock.worker.operations;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.ItemResult;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.operations.BulkOperation;
import io.penstock.common.operations.BulkOperations;
import io.penstock.common.operations.BulkOrder;
import io.penstock.common.operations.BulkScan;
import io.penstock.common.operations.OperationsJobs;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.worker.batch.BatchHandler;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;

/** Does to the jobs of some pages what an operator asked for, and adds the page behind them to the operation. */
@ApplicationScoped
class BulkPageHandler implements BatchHandler<BulkScan.Position> {

    /** While the queue cannot be reached. */
    private static final Duration PUT_OFF = Duration.ofSeconds(2);

    private final BulkOperations operations;

    @Inject
    BulkPageHandler(BulkOperations operations) {
        this.operations = operations;
    }

    @Override
    public BatchType<BulkScan.Position> type() {
        return OperationsJobs.PAGES;
    }

    @Override
    public Uni<ItemResult> handle(BulkScan.Position position, ItemContext context) {
        String why = "cancelled by " + context.createdByName() + " in operation " + context.batchId();
        return operations
                .runPages(BulkOrder.of(context.config()), position, why)
                .map(BulkPageHandler::result)
                .onFailure(QueueUnavailableException.class)
                .transform(failure -> new SnoozeException(PUT_OFF, FailureText.message(failure)));
    }

    private static ItemResult result(BulkOperations.Done done) {
        ItemResult result = ItemResult.completed();
        BulkOperation.Progress progress = done.progress();
        for (Map.Entry<String, Long> counted : progress.counted().entrySet()) {
            result = result.counting(counted.getKey(), counted.getValue());
        }
        return result.adding(done.next().stream().toList());
    }
}
