package io.penstock.worker.batch;

import io.penstock.common.batch.BatchConfig;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchKeep;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchWork;
import io.penstock.common.batch.Batches;
import io.penstock.common.job.JobState;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobView;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/** Looks after runners that nobody has seen for a while, and after old batches. */
@ApplicationScoped
class BatchKeepHandler implements JobHandler<BatchKeep> {

    private static final Logger LOG = Logger.getLogger(BatchKeepHandler.class);

    /** Runners of one look; the next one comes in a minute. */
    private static final int AT_ONCE = 1_000;

    private final BatchWork work;
    private final Batches batches;
    private final JobStatuses statuses;
    private final BatchConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    BatchKeepHandler(BatchWork work, Batches batches, JobStatuses statuses, BatchConfig config) {
        this.work = work;
        this.batches = batches;
        this.statuses = statuses;
        this.config = config;
    }

    @Override
    public JobType<BatchKeep> type() {
        return BatchJobs.KEEP;
    }

    @Override
    public Uni<Outcome> handle(BatchKeep payload, JobContext context) {
        return look().map(Outcome::completed);
    }

    /** How many runners were replaced. */
    Uni<Integer> look() {
        return work.unseenSince(clock.instant().minus(config.lostAfter()), AT_ONCE)
                .chain(this::replaceLost)
                .call(() -> work.keep());
    }

    private Uni<Integer> replaceLost(List<BatchWork.Unseen> unseen) {
        if (unseen.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        Map<String, List<BatchWork.Unseen>> byQueue =
                unseen.stream().collect(Collectors.groupingBy(BatchWork.Unseen::queue));
        return Multi.createFrom()
                .iterable(byQueue.entrySet())
                .onItem()
                .transformToUniAndConcatenate(queue -> replaceLost(queue.getKey(), queue.getValue()))
                .collect()
                .with(Collectors.summingInt(Integer::intValue));
    }

    private Uni<Integer> replaceLost(String queue, List<BatchWork.Unseen> unseen) {
        List<String> ids = unseen.stream().map(BatchWork.Unseen::jobId).toList();
        return statuses.of(queue, ids).chain(found -> Multi.createFrom()
                .iterable(unseen)
                .onItem()
                .transformToUniAndConcatenate(one -> look(one, found))
                .filter(Boolean::booleanValue)
                .collect()
                .asList()
                .map(List::size));
    }

    private Uni<Boolean> look(BatchWork.Unseen one, JobStatuses.Statuses found) {
        if (found.live().contains(one.jobId())) {
            return work.seen(one.run()).replaceWith(false);
        }
        JobView ended = found.ended().get(one.jobId());
        boolean calledOff = ended != null && (ended.state() == JobState.CANCELLED || ended.state() == JobState.EXPIRED);
        // Whose job was called off by its own name is not wanted; the platform's own are gone on with by others.
        return one.isHeld() && calledOff ? batches.cancel(one.run().batchId()).replaceWith(false) : replace(one.run());
    }

    private Uni<Boolean> replace(BatchRun run) {
        return work.replace(run).invoke(replaced -> {
            if (replaced) {
                LOG.warnf("batch %s: runner %d lost its job and gets a new one", run.batchId(), run.runner());
            }
        });
    }
}
