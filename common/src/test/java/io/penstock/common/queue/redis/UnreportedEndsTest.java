package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.UnreportedEnd;
import io.penstock.common.redis.RedisKeys;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Every end that no worker has in hand leaves a note, and no other end does: workers tell of those themselves. */
@OnEveryTopology
class UnreportedEndsTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;
    private static final Duration LONG = Duration.ofHours(1);

    UnreportedEndsTest(Topology topology) {
        super(topology);
    }

    private UnreportedEnd only() {
        List<UnreportedEnd> ends = harness.unreported();
        assertThat(ends).hasSize(1);
        return ends.get(0);
    }

    private void assertOnly(String id, String state) {
        assertThat(only().jobId()).isEqualTo(id);
        assertThat(only().state()).isEqualTo(state);
    }

    private ClaimedJob claimed(QueueConsumer worker, JobOptions options) {
        harness.enqueue("{}", options);
        return harness.claimSoon(worker);
    }

    @Test
    void aJobThatLostItsWorkerTooOften() {
        Instant before = Instant.now().minusSeconds(60);
        String id = harness.enqueue(
                        "{}", PLAIN.withTags("big").withTenant("acme").withPriority(7))
                .jobId();
        for (int loss = 1; loss <= 3; loss++) {
            QueueConsumer worker = harness.worker("w" + loss);
            await(worker.begin(harness.claimSoon(worker)));
            harness.rescueAll();
        }

        UnreportedEnd end = only();

        assertThat(end.jobId()).isEqualTo(id);
        assertThat(end.state()).isEqualTo("dead");
        assertThat(end.type()).isEqualTo("test.work");
        assertThat(end.priority()).isEqualTo(7);
        assertThat(end.attempts()).isZero();
        assertThat(end.maxAttempts()).isEqualTo(harness.policy.attempts().max());
        assertThat(end.stalls()).isEqualTo(3);
        assertThat(end.labels().tenant()).contains("acme");
        assertThat(end.labels().tags()).containsExactly("big");
        assertThat(end.reason()).contains("lost its worker 3 times");
        assertThat(end.worker()).isEqualTo("w3");
        assertThat(end.enqueuedAt()).isAfter(before).isBeforeOrEqualTo(end.endedAt());
    }

    @Test
    void aParentThatDiesWithItsChild() {
        useOnePartition();
        List<String> ids = await(harness.queue.enqueueFamily(new Family(
                        QueueHarness.job("test.work", "parent", PLAIN),
                        List.of(QueueHarness.job("test.work", "child", PLAIN)),
                        Family.OnChildFailure.FAIL)))
                .stream()
                .map(Enqueued::jobId)
                .toList();
        QueueConsumer worker = harness.worker("w1");
        await(worker.bury(harness.claimSoon(worker), "hopeless"));

        assertOnly(ids.get(0), "dead");
        assertThat(only().reason()).contains(ids.get(1));
    }

    @Test
    void waitingJobsThatAreCancelledOrDeleted() {
        String waiting = harness.enqueue("{}").jobId();
        String scheduled = harness.enqueue("{}", PLAIN.withDelay(LONG)).jobId();
        String deleted = harness.enqueue("{}").jobId();
        await(harness.jobAdmin.cancel(waiting, "off"));
        await(harness.jobAdmin.cancel(scheduled, "off"));
        await(harness.jobAdmin.delete(deleted));

        assertThat(harness.unreported())
                .extracting(end -> end.jobId() + " " + end.state())
                .containsExactlyInAnyOrder(waiting + " cancelled", scheduled + " cancelled", deleted + " deleted");
    }

    @Test
    void jobsOfADrainedQueue() {
        String waiting = harness.enqueue("{}").jobId();
        String named = harness.enqueue("{}", PLAIN.withId("mine")).jobId();
        String scheduled = harness.enqueue("{}", PLAIN.withDelay(LONG)).jobId();
        await(harness.jobAdmin.purge(QueueHarness.QUEUE, JobAdmin.Purge.ALL));

        assertThat(harness.unreported())
                .allMatch(end -> end.state().equals("cancelled") && end.type().equals("test.work"))
                .extracting(UnreportedEnd::jobId)
                .containsExactlyInAnyOrder(waiting, named, scheduled);
    }

    @Test
    void aCancelledJobThatIsTakenFromItsWorker() {
        useOnePartition();
        ClaimedJob job = claimed(harness.worker("w1"), PLAIN);
        await(harness.jobAdmin.cancel(job.id(), "off"));
        assertThat(harness.unreported()).isEmpty();

        await(harness.maintainer.fenceCancelled(harness.policy, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE));

        assertOnly(job.id(), "cancelled");
    }

    @Test
    void aCancelledJobWhoseWorkerIsLost() {
        ClaimedJob job = claimed(harness.worker("w1"), PLAIN);
        await(harness.jobAdmin.cancel(job.id(), "off"));
        harness.rescueAll();

        assertOnly(job.id(), "cancelled");
        assertThat(only().worker()).isEqualTo("w1");
    }

    @Test
    void aCancelledJobThatWouldHaveRunAgain() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob failing = claimed(worker, PLAIN);
        await(harness.jobAdmin.cancel(failing.id(), "off"));
        await(worker.retryLater(failing, LONG, "failed"));
        ClaimedJob handedBack = claimed(worker, PLAIN);
        await(harness.jobAdmin.cancel(handedBack.id(), "off"));
        await(worker.handBack(List.of(handedBack)));

        assertThat(harness.unreported())
                .extracting(end -> end.jobId() + " " + end.state() + " " + end.attempts())
                .containsExactlyInAnyOrder(failing.id() + " cancelled 1", handedBack.id() + " cancelled 0");
    }

    @Test
    void anEntryThatIsNoJob() {
        useOnePartition();
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, claimed(worker, PLAIN));
        harness.redis.run("XADD", RedisKeys.ready(QueueHarness.QUEUE, 0, worker.lane(), 0), "*", "what", "ever");
        assertThat(harness.claim(worker, 1)).isEmpty();
        harness.rescueAll();

        assertThat(only().type()).isEqualTo("unreadable");
        assertThat(only().state()).isEqualTo("dead");
    }

    @Test
    void endsThatWorkersTellOfLeaveNone() {
        useOnePartition();
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, claimed(worker, PLAIN));
        await(worker.bury(claimed(worker, PLAIN), "hopeless"));
        await(worker.drop(claimed(worker, PLAIN), Dropped.CANCELLED, "off"));
        await(worker.drop(claimed(worker, PLAIN), Dropped.EXPIRED, "late"));
        await(worker.retryLater(claimed(worker, PLAIN), LONG, "failed"));

        assertThat(harness.unreported()).isEmpty();
    }

    @Test
    void aDeadJobHasEndedBeforeItIsDeleted() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = claimed(worker, PLAIN);
        await(worker.bury(job, "hopeless"));
        await(harness.jobAdmin.delete(job.id()));

        assertThat(harness.unreported()).isEmpty();
    }

    @Test
    void aNoteStaysAsItIsUntilItIsDropped() {
        useOnePartition();
        await(harness.jobAdmin.cancel(harness.enqueue("{}").jobId(), "off"));
        await(harness.jobAdmin.cancel(harness.enqueue("{}").jobId(), "off"));
        List<UnreportedEnd> first = harness.unreported();
        assertThat(harness.unreported()).isEqualTo(first).hasSize(2);

        await(harness.unreportedEnds.drop(harness.policy, 0, first.subList(0, 1)));
        assertThat(harness.unreported()).isEqualTo(first.subList(1, 2));
        await(harness.unreportedEnds.drop(harness.policy, 0, first));
        assertThat(harness.unreported()).isEmpty();
    }

    @Test
    void whatFindsNoRoomIsCountedOnce() {
        useOnePartition();
        harness.redis.run("HINCRBY", RedisKeys.meta(QueueHarness.QUEUE, 0), "unreported", 3);

        assertThat(await(harness.unreportedEnds.oldest(harness.policy, 0, 10)).missed())
                .isEqualTo(3);
        assertThat(await(harness.unreportedEnds.oldest(harness.policy, 0, 10)).missed())
                .isZero();
    }
}
