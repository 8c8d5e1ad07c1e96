package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueLimits;
import io.penstock.common.queue.QueuePolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Limits that change while a queue works. */
@OnEveryTopology
class RunTimeLimitsTest extends QueueContract {

    private static final RateLimit ONE_AN_HOUR = new RateLimit(1, Duration.ofHours(1), 1);
    private static final RateLimit A_THOUSAND_A_SECOND = new RateLimit(1_000, Duration.ofSeconds(1), 1);

    RunTimeLimitsTest(Topology topology) {
        super(topology);
    }

    @Override
    QueuePolicy policy() {
        return QueuePolicy.defaults(QueueHarness.QUEUE);
    }

    private static QueueLimits rate(RateLimit limit) {
        return new QueueLimits(
                OptionalInt.empty(), Optional.of(limit), OptionalInt.empty(), OptionalInt.empty(), Optional.empty());
    }

    private static QueueLimits global(int most) {
        return new QueueLimits(
                OptionalInt.empty(), Optional.empty(), OptionalInt.of(most), OptionalInt.empty(), Optional.empty());
    }

    private static QueueLimits groups(OptionalInt most, Optional<RateLimit> limit) {
        return new QueueLimits(OptionalInt.empty(), Optional.empty(), OptionalInt.empty(), most, limit);
    }

    private void enqueue(int jobs, JobOptions options) {
        for (int i = 0; i < jobs; i++) {
            harness.enqueue("" + i, options);
        }
    }

    /** As a claim loop does: a claim that only waited for a permit is followed by another. */
    private ClaimedJob claimSoon(QueueConsumer worker) {
        for (int turn = 0; turn < 100; turn++) {
            List<ClaimedJob> jobs = await(worker.claim(1, Duration.ofSeconds(5)));
            if (!jobs.isEmpty()) {
                return jobs.get(0);
            }
        }
        throw new AssertionError("no job came");
    }

    private void useGroups(int most, Optional<RateLimit> limit) {
        use(policy().withGroups(new QueuePolicy.GroupPolicy(most, limit)));
    }

    @Test
    void aRaisedRateDoesNotWaitForAPermitOfTheOldOne() {
        use(Policies.withLimit(policy(), ONE_AN_HOUR));
        enqueue(3, JobOptions.DEFAULT);
        QueueConsumer worker = harness.worker("w1");
        assertThat(harness.claim(worker, 3)).hasSize(1);
        assertThat(harness.claim(worker, 3)).isEmpty();

        harness.override(rate(A_THOUSAND_A_SECOND));
        assertThat(claimSoon(worker).payload()).isEqualTo("1");
        assertThat(claimSoon(worker).payload()).isEqualTo("2");
    }

    @Test
    void aRateThatIsSetHoldsForTheNextClaimAndIsTakenBack() {
        enqueue(5, JobOptions.DEFAULT);
        QueueConsumer worker = harness.worker("w1");
        harness.override(rate(ONE_AN_HOUR));
        assertThat(harness.claim(worker, 3)).hasSize(1);
        assertThat(harness.claim(worker, 3)).isEmpty();

        harness.override(QueueLimits.NONE);
        assertThat(harness.claim(worker, 10)).hasSize(4);
    }

    @Test
    void aLoweredGlobalConcurrencyKeepsWhatRunsAndStartsNothing() {
        enqueue(5, JobOptions.DEFAULT);
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> running = harness.claim(worker, 3);
        harness.override(global(2));
        assertThat(harness.claim(worker, 3)).isEmpty();
        assertThat(await(worker.renew(running))).isEmpty();
        assertThat(harness.finish(worker, running.get(0), running.get(1))).isEmpty();
        assertThat(harness.claim(worker, 3)).hasSize(1);
        harness.override(QueueLimits.NONE);
        assertThat(harness.claim(worker, 3)).hasSize(1);
    }

    @Test
    void whoWaitsForAPermitOrForJobsAsksAgainWhenLimitsChange() throws Exception {
        use(Policies.withLimit(policy(), ONE_AN_HOUR));
        enqueue(2, JobOptions.DEFAULT);
        QueueConsumer worker = harness.consumer(0, "w1");
        assertThat(harness.claim(worker, 1)).hasSize(1);
        CompletableFuture<List<ClaimedJob>> waiting =
                worker.claim(1, Duration.ofSeconds(8)).subscribeAsCompletionStage();
        harness.override(rate(A_THOUSAND_A_SECOND));
        await(worker.limitsChanged());
        waiting.get(5, TimeUnit.SECONDS);
        assertThat(claimSoon(worker).payload()).isEqualTo("1");
    }

    /** Without the wake-up a reader in a cluster, where none is shared, waits for all its time. */
    @Test
    void aReaderThatWaitsForJobsIsWokenWhenALimitIsSet() throws Exception {
        QueueConsumer worker = harness.consumer(0, "w1");
        assertThat(harness.claim(worker, 1)).isEmpty();
        CompletableFuture<List<ClaimedJob>> waiting =
                worker.claim(1, Duration.ofSeconds(30)).subscribeAsCompletionStage();
        harness.override(rate(ONE_AN_HOUR));
        while (!waiting.isDone()) {
            await(worker.limitsChanged());
        }
        assertThat(waiting.get(1, TimeUnit.SECONDS)).isEmpty();
        enqueue(2, JobOptions.DEFAULT);
        assertThat(claimSoon(worker).payload()).isEqualTo("0");
        assertThat(harness.claim(worker, 1)).isEmpty();
    }

    @Test
    void aRaisedGroupConcurrencyLetsWaitingJobsIn() {
        useGroups(1, Optional.empty());
        for (String group : List.of("a", "b", "c")) {
            enqueue(4, JobOptions.DEFAULT.withGroup(group));
        }
        assertThat(harness.fitGroups()).isTrue();
        assertThat(harness.status().blockedByGroup()).isEqualTo(9);

        harness.override(groups(OptionalInt.of(3), Optional.empty()));
        assertThat(harness.fitGroups()).isTrue();
        assertThat(harness.status().blockedByGroup()).isEqualTo(3);
        assertThat(harness.fitGroups()).isFalse();
        List<ClaimedJob> claimed = harness.claim(harness.worker("w1"), 20);
        assertThat(claimed).hasSize(9);
        assertThat(claimed.stream()
                        .filter(job -> job.labels().group().equals(Optional.of("b")))
                        .map(ClaimedJob::payload))
                .containsExactly("0", "1", "2");
    }

    @Test
    void manyJobsOfManyGroupsAreLetInPageByPage() {
        useGroups(1, Optional.empty());
        for (int i = 0; i < 300; i++) {
            harness.enqueue("{}", JobOptions.DEFAULT.withGroup("g" + i % 10));
        }
        harness.override(groups(OptionalInt.of(25), Optional.empty()));
        harness.fitGroups();
        assertThat(harness.status().blockedByGroup()).isEqualTo(50);
    }

    @Test
    void aRaisedGroupRateDoesNotWaitForPermitsOfTheOldOne() {
        useGroups(10, Optional.of(ONE_AN_HOUR));
        enqueue(3, JobOptions.DEFAULT.withGroup("a"));
        QueueConsumer worker = harness.worker("w1");
        assertThat(harness.claim(worker, 5)).hasSize(1);
        assertThat(harness.status().scheduled()).isEqualTo(2);

        harness.override(groups(OptionalInt.empty(), Optional.of(A_THOUSAND_A_SECOND)));
        harness.fitGroups();
        harness.redis.passMillis(10);
        harness.promoteAll();
        assertThat(harness.claim(worker, 5)).extracting(ClaimedJob::payload).containsExactly("1", "2");
        harness.enqueue("3", JobOptions.DEFAULT.withGroup("a"));
        harness.redis.passMillis(10);
        harness.promoteAll();
        assertThat(harness.claim(worker, 5)).extracting(ClaimedJob::payload).containsExactly("3");
    }
}
