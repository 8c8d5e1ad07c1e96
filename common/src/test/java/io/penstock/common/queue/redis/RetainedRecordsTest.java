package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A job that has ended is found by its id as long as its record is kept, however many are. */
@OnEveryTopology
class RetainedRecordsTest extends QueueContract {

    private static final int BATCH = 50;
    private static final int KEPT = 300;

    RetainedRecordsTest(Topology topology) {
        super(topology);
    }

    private void keep(int records) {
        use(policy().withKeepCompleted(records));
    }

    /** Ends so many jobs in batches, every second one with an id of its caller's. */
    private List<String> endJobs(String name, int count) {
        QueueConsumer worker = harness.worker("w1");
        List<String> ids = new ArrayList<>();
        for (int from = 0; from < count; from += BATCH) {
            List<NewJob> jobs = IntStream.range(from, Math.min(from + BATCH, count))
                    .mapToObj(i -> QueueHarness.job(
                            "test.work",
                            "{}",
                            i % 2 == 0 ? JobOptions.DEFAULT : JobOptions.DEFAULT.withId(name + "-" + i)))
                    .toList();
            await(harness.queue.enqueueAll(jobs)).forEach(job -> ids.add(job.jobId()));
            List<ClaimedJob> claimed = harness.claim(worker, BATCH);
            assertThat(claimed).hasSize(jobs.size());
            harness.finish(worker, claimed.toArray(ClaimedJob[]::new));
        }
        return ids;
    }

    private void assertFound(List<String> ids) {
        assertThat(ids).allSatisfy(id -> assertThat(harness.find(id))
                .get()
                .extracting(JobView::id, JobView::state, JobView::result)
                .containsExactly(id, JobState.COMPLETED, "\"done\""));
    }

    @Test
    void findsWhateverIsKeptOfAFewRecords() {
        keep(100);
        List<String> ids = endJobs("a", 100);
        assertFound(ids);
        assertThat(harness.sum("EXISTS", RedisKeys::retained)).isZero();
    }

    @Test
    void findsWhateverIsKeptOfManyRecordsAndNothingElse() {
        useOnePartition();
        use(harness.policy.withKeepCompleted(KEPT));
        List<String> ids = endJobs("a", 5 * KEPT);
        assertFound(ids.subList(4 * KEPT, 5 * KEPT));
        assertThat(ids.subList(0, 4 * KEPT - BATCH))
                .allSatisfy(id -> assertThat(harness.find(id)).isEmpty());
    }

    @Test
    void findsJobsInEachPartitionOfAQueueThatKeepsMany() {
        keep(KEPT);
        assertFound(endJobs("a", KEPT));
    }

    @Test
    void anIndexTakesNoMoreThanTwiceWhatIsKept() {
        useOnePartition();
        use(harness.policy.withKeepCompleted(KEPT));
        for (int i = 0; i < 12; i++) {
            endJobs("r" + i, 100);
            int indexed = harness.sum("HLEN", RedisKeys::retained) + harness.sum("HLEN", RedisKeys::retainedBefore);
            assertThat(indexed).isLessThanOrEqualTo(2 * (KEPT + 2 * BATCH));
        }
    }

    @Test
    void tellsOfTheLatestJobOfAnIdThatWasUsedAgain() {
        keep(KEPT);
        QueueConsumer worker = harness.worker("w1");
        for (int run = 1; run <= 2; run++) {
            JobOptions options = JobOptions.DEFAULT.withId("again").withTenant("run-" + run);
            harness.enqueue("{}", options);
            harness.finish(worker, harness.claimOne(worker));
            endJobs("between-" + run, BATCH);
        }
        assertThat(harness.find("again").orElseThrow().labels().tenant()).contains("run-2");
    }

    @Test
    void findsACancelledJobInAQueueThatKeepsMany() {
        keep(KEPT);
        String id = harness.enqueue("{}").jobId();
        await(harness.jobAdmin.cancel(id, "not needed"));
        endJobs("a", BATCH);
        assertThat(harness.find(id)).get().extracting(JobView::state).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void findsAJobOfAGroupInAQueueThatKeepsMany() {
        keep(KEPT);
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("{}", JobOptions.DEFAULT.withGroup("g")).jobId();
        harness.finish(worker, harness.claimOne(worker));
        endJobs("a", BATCH);
        assertThat(harness.find(id)).get().extracting(JobView::state).isEqualTo(JobState.COMPLETED);
    }

    /** Of a release that had no index, or of a time when the queue kept few. */
    @Test
    void findsRecordsThatAreOlderThanTheIndex() {
        keep(2_000);
        List<String> old = endJobs("old", 1_000);
        harness.partitions().forEach(partition -> {
            String queue = harness.policy.queue();
            harness.redis.run("DEL", RedisKeys.retained(queue, partition));
            harness.redis.run("HDEL", RedisKeys.meta(queue, partition), "indexed");
        });
        List<String> young = endJobs("young", 200);
        assertFound(old);
        assertFound(young);
        assertThat(harness.find("nobody")).isEmpty();
    }

    @Test
    void anIndexThatIsNotKeptUpIsDroppedByTheFirstWorkerThatOpensTheQueue() {
        keep(KEPT);
        endJobs("a", BATCH);
        harness.claim(harness.worker("w2", harness.policy.withKeepCompleted(10)), 1);
        assertThat(harness.sum("EXISTS", RedisKeys::retained)).isZero();
        assertFound(endJobs("b", BATCH));
    }

    @Test
    void aPurgeTakesTheIndexAlong() {
        keep(KEPT);
        List<String> ids = endJobs("a", 2 * BATCH);
        await(harness.jobAdmin.purge(QueueHarness.QUEUE, JobAdmin.Purge.RECORDS));
        assertThat(harness.sum("EXISTS", RedisKeys::retained)).isZero();
        assertThat(harness.find(ids.get(0))).isEmpty();
        assertFound(endJobs("b", BATCH));
    }

    @Test
    void trimmingByBytesTakesTheOldestPageByPage() {
        useOnePartition();
        long bytes = 20_000;
        use(harness.policy.withKeepCompleted(10_000).withKeepBytes(new QueuePolicy.KeepBytes(bytes, bytes)));
        List<String> ids = endJobs("a", 4_000);
        int dropped = await(harness.maintainer.trimBytes(harness.policy, 0));
        assertThat(dropped).isBetween(3_500, 3_999);
        assertFound(ids.subList(dropped, 4_000));
        assertThat(harness.find(ids.get(dropped - 1))).isEmpty();
        assertThat(harness.redis
                        .run("HGET", RedisKeys.meta(QueueHarness.QUEUE, 0), "kept")
                        .toInteger())
                .isEqualTo(4_000 - dropped);
    }
}
