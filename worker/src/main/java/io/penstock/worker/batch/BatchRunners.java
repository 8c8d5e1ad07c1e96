package io.penstock.worker.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.BatchParts;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.queue.JobStatuses;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.validation.Validator;
import java.util.List;
import java.util.function.Supplier;

/**
 * What works batches off, for programs without a bean container. What batches fetch is not cached there.
 *
 * @param run takes chunks
 * @param keep replaces runners that were lost, and forgets old batches; to be called now and then
 */
public record BatchRunners(JobHandler<BatchRun> run, Supplier<Uni<Integer>> keep) {

    public static BatchRunners of(
            BatchParts parts,
            List<? extends BatchHandler<?>> handlers,
            List<? extends TransactionalBatchHandler<?>> transactional,
            JobStatuses statuses,
            ObjectMapper mapper,
            Validator validator) {
        ChunkRunner chunks = new ChunkRunner(
                new BatchHandlers(handlers, transactional, parts.types()),
                FetchedItems.none(),
                parts.work(),
                new ItemReader(mapper, validator),
                parts.config());
        return new BatchRunners(
                new BatchRunHandler(parts.work(), parts.batches(), chunks, parts.config(), () -> null),
                new BatchKeepHandler(parts.work(), parts.batches(), statuses, parts.config())::look);
    }
}
