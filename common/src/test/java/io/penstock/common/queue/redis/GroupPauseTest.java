package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueMaintainer.Due;
import io.penstock.common.queue.QueueMaintainer.HeadStart;
import io.penstock.common.queue.QueueMaintainer.Looked;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** One group stands still for a time, the others go on. */
@OnEveryTopology
class GroupPauseTest extends QueueContract {

    private static final Duration LONG = Duration.ofMinutes(10);
    private static final JobOptions OF_A = JobOptions.DEFAULT.withGroup("a/1:x");
    private static final JobOptions OF_B = JobOptions.DEFAULT.withGroup("b");

    GroupPauseTest(Topology topology) {
        super(topology);
    }

    private Optional<Instant> pause(Duration time) {
        return await(harness.queue.pauseGroup(QueueHarness.QUEUE, "a/1:x", time));
    }

    private boolean resume() {
        return await(harness.queue.resumeGroup(QueueHarness.QUEUE, "a/1:x"));
    }

    private List<String> claimAll(QueueConsumer worker) {
        return harness.claim(worker, 20).stream().map(ClaimedJob::payload).toList();
    }

    private JobView found(String id) {
        return harness.find(id).orElseThrow();
    }

    @Test
    void nothingOfAPausedGroupStartsUntilItIsResumed() {
        Instant before = Instant.now();
        assertThat(pause(LONG).orElseThrow()).isAfter(before);
        harness.enqueue("a1", OF_A);
        harness.enqueue("b1", OF_B);
        harness.enqueue("plain");
        QueueConsumer worker = harness.worker("w1");
        assertThat(claimAll(worker)).containsExactlyInAnyOrder("b1", "plain");
        assertThat(harness.status().blockedByGroup()).isEqualTo(1);
        assertThat(await(harness.queue.pausedGroups(QueueHarness.QUEUE))).containsOnlyKeys("a/1:x");

        assertThat(resume()).isTrue();
        harness.promoteAll();
        assertThat(claimAll(worker)).containsExactly("a1");
        assertThat(await(harness.queue.pausedGroups(QueueHarness.QUEUE))).isEmpty();
        assertThat(resume()).isFalse();
    }

    @Test
    void aPauseIsOverByItselfAlsoOfAGroupThatNeverWas() {
        pause(Duration.ofMillis(50));
        String id = harness.enqueue("a1", OF_A).jobId();
        assertThat(found(id).state()).isEqualTo(JobState.WAITING);
        harness.redis.passMillis(60);
        harness.promoteAll();
        ClaimedJob job = harness.claimOne(harness.worker("w1"));
        assertThat(job.id()).isEqualTo(id);
        assertThat(job.attempt()).isEqualTo(1);
        assertThat(harness.sum("EXISTS", RedisKeys::pausedGroups)).isZero();
    }

    @Test
    void whoMaintainsAQueueIsToldWhenAPauseIsOver() {
        pause(LONG);
        List<Looked> looked = new ArrayList<>();
        harness.partitions().forEach(partition -> looked.add(new Looked(harness.policy, partition, false)));
        List<Due> due = await(harness.maintainer.look(looked, HeadStart.NONE, false));
        assertThat(due.stream().flatMap(one -> one.nextDue().stream()))
                .singleElement()
                .satisfies(time -> assertThat(time).isBetween(LONG.minusSeconds(20), LONG));
    }

    @Test
    void aNewPauseOfAnOperatorReplacesTheOld() {
        Instant late = pause(LONG).orElseThrow();
        assertThat(pause(Duration.ofMinutes(1)).orElseThrow()).isBefore(late.minusSeconds(300));
    }

    @Test
    void jobsThatWereLetInBeforeGoBackBehindTheirGroupInTheirOldTurn() {
        String first = harness.enqueue("a1", OF_A).jobId();
        harness.enqueue("a2", OF_A);
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> claimed = harness.claim(worker, 20);
        pause(LONG);
        assertThat(await(worker.pausedGroups())).containsOnlyKeys("a/1:x");
        harness.enqueue("a3", OF_A);

        assertThat(await(worker.park(claimed))).isEmpty();
        assertThat(found(first).state()).isEqualTo(JobState.WAITING);
        assertThat(found(first).attempts()).isZero();
        assertThat(harness.status().active()).isZero();

        resume();
        harness.promoteAll();
        List<ClaimedJob> again = harness.claim(worker, 20);
        assertThat(again).extracting(ClaimedJob::payload).containsExactly("a1", "a2", "a3");
        assertThat(again).extracting(ClaimedJob::attempt).containsOnly(1);
        assertThat(harness.finish(worker, again.toArray(ClaimedJob[]::new))).isEmpty();
        LeakedKeys.check(harness.redis);
        assertThat(harness.sum("EXISTS", RedisKeys::groups)).isZero();
    }

    @Test
    void aJobWhoseGroupIsNotPausedStaysWithItsWorker() {
        harness.enqueue("b1", OF_B);
        harness.enqueue("plain");
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> claimed = harness.claim(worker, 20);
        assertThat(await(worker.park(claimed))).containsExactlyInAnyOrderElementsOf(claimed);
        assertThat(harness.finish(worker, claimed.toArray(ClaimedJob[]::new))).isEmpty();
    }

    @Test
    void aParkedJobThatSomebodyCancelledEnds() {
        String id = harness.enqueue("a1", OF_A).jobId();
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> claimed = harness.claim(worker, 1);
        pause(LONG);
        await(harness.jobAdmin.cancel(id, "not needed"));
        assertThat(await(worker.park(claimed))).isEmpty();
        assertThat(found(id).state()).isEqualTo(JobState.CANCELLED);
    }

    @Test
    void aHandlerPausesTheGroupOfItsJobWithoutUsingAnAttempt() {
        String id = harness.enqueue("a1", OF_A).jobId();
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = harness.claimOne(worker);
        harness.enqueue("a2", OF_A);
        assertThat(await(worker.park(harness.claim(worker, 1)))).hasSize(1);

        assertThat(await(worker.snoozeWithGroup(job, LONG, "429 too many requests")))
                .isTrue();
        harness.enqueue("a3", OF_A);
        harness.enqueue("b1", OF_B);
        assertThat(claimAll(worker)).containsExactly("b1");
        assertThat(found(id).state()).isEqualTo(JobState.WAITING);
        assertThat(found(id).error()).isEqualTo("429 too many requests");
        assertThat(found(id).attempts()).isZero();

        resume();
        harness.promoteAll();
        assertThat(harness.claim(worker, 20))
                .extracting(ClaimedJob::payload, ClaimedJob::attempt)
                .containsExactly(tuple("a1", 1), tuple("a3", 1));
    }

    @Test
    void aHandlerDoesNotShortenALongerPause() {
        harness.enqueue("a1", OF_A);
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = harness.claimOne(worker);
        Instant until = pause(LONG).orElseThrow();
        await(worker.snoozeWithGroup(job, Duration.ofSeconds(1), "later"));
        assertThat(await(harness.queue.pausedGroups(QueueHarness.QUEUE))).containsEntry("a/1:x", until);
    }

    @Test
    void aJobWithoutAGroupIsPutOffAlone() {
        String id = harness.enqueue("plain").jobId();
        QueueConsumer worker = harness.worker("w1");
        assertThat(await(worker.snoozeWithGroup(harness.claimOne(worker), LONG, "later")))
                .isTrue();
        assertThat(found(id).state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void whereTooManyGroupsArePausedNoMoreAre() {
        useOnePartition();
        String key = RedisKeys.pausedGroups(QueueHarness.QUEUE, 0);
        long later = Instant.now().plusSeconds(600).toEpochMilli();
        for (int i = 0; i < 2_000; i++) {
            harness.redis.run("ZADD", key, "" + later, "g" + i);
        }
        assertThat(pause(LONG)).isEmpty();
        String id = harness.enqueue("a1", OF_A).jobId();
        QueueConsumer worker = harness.worker("w1");
        await(worker.snoozeWithGroup(harness.claimOne(worker), LONG, "later"));
        assertThat(found(id).state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void aJobThatWaitsForAPermitOfItsPausedGroupWaitsOn() {
        use(policy().withGroups(
                        new QueuePolicy.GroupPolicy(10, Optional.of(new RateLimit(10, Duration.ofSeconds(1), 1)))));
        harness.enqueue("a1", OF_A);
        String second = harness.enqueue("a2", OF_A).jobId();
        assertThat(found(second).state()).isEqualTo(JobState.SCHEDULED);
        pause(LONG);
        harness.redis.passMillis(120);
        harness.promoteAll();
        assertThat(found(second).state()).isEqualTo(JobState.WAITING);
        assertThat(harness.status().blockedByGroup()).isEqualTo(1);
    }

    @Test
    void manyJobsOfAGroupComeInWhenItsPauseIsOver() {
        use(policy().withGroups(new QueuePolicy.GroupPolicy(5_000, Optional.empty())));
        pause(LONG);
        for (int i = 0; i < 450; i++) {
            harness.enqueue("" + i, OF_A);
        }
        resume();
        int turns = 0;
        while (harness.status().blockedByGroup() > 0 && turns < 10) {
            harness.partitions()
                    .forEach(partition -> await(harness.maintainer.promoteDue(harness.policy, partition, 200)));
            turns++;
        }
        assertThat(turns).isEqualTo(3);
    }
}
