package io.penstock.worker.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.BatchKeep;
import io.penstock.common.batch.BatchParts;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.queue.JobStatuses;
import io.penstock.worker.run.JobHandler;
import jakarta.validation.Validator;
import java.util.List;

/**
 * The job handlers that work batches off, for programs without a bean container. What batches fetch is not cached there.
 *
 * @param run takes chunks
 * @param keep replaces runners that were lost
 */
public record BatchRunners(JobHandler<BatchRun> run, JobHandler<BatchKeep> keep) {

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
                new BatchRunHandler(parts.work(), parts.batches(), chunks, parts.config()),
                new BatchKeepHandler(parts.work(), statuses, parts.config()));
    }
}
