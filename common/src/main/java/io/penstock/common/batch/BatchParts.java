package io.penstock.common.batch;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.PayloadCodec;
import io.vertx.mutiny.sqlclient.Pool;

/** What makes, steers and works batches off, put together for programs without a bean container. */
public record BatchParts(BatchStore store, Batches batches, BatchWork work, BatchTypes types, BatchConfig config) {

    /** What batches stand on. */
    public record Base(Pool pool, ObjectMapper mapper, Outbox outbox, JobAdmin jobAdmin, PayloadCodec codec) {}

    public static BatchParts of(Base base, BatchTypes types, JobTypes jobTypes, BatchConfig config) {
        BatchStore store = new BatchStore(base.pool(), base.mapper());
        BatchChecks checks = new BatchChecks(types, jobTypes, base.codec(), config);
        BatchLifecycle lifecycle = new BatchLifecycle(store, checks, base.outbox(), config);
        return new BatchParts(
                store,
                new Batches(store, checks, lifecycle, base.jobAdmin(), config, base.mapper()),
                new BatchWork(store, lifecycle, config, base.mapper()),
                types,
                config);
    }
}
