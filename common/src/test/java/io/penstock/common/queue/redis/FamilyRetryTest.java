package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin.Children;
import io.penstock.common.queue.JobEdit;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What becomes of a family when some of it is retried, in every order. One child is in the queue of its parent, the other
 * in another queue, so that each step is tested within a partition and across.
 */
@OnEveryTopology
@Tag("slow")
class FamilyRetryTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;

    private final Map<QueueConsumer, List<ClaimedJob>> held = new LinkedHashMap<>();
    private String parent = "";
    private String near = "";
    private String far = "";

    FamilyRetryTest(Topology topology) {
        super(topology);
    }

    @BeforeEach
    void startWorkers() {
        held.put(harness.worker("w1"), new java.util.ArrayList<>());
        held.put(harness.otherWorker("w2", 0), new java.util.ArrayList<>());
        held.put(harness.otherWorker("w2", 1), new java.util.ArrayList<>());
    }

    @AfterEach
    void forgetWorkers() {
        held.clear();
    }

    private void family(Family.OnChildFailure onChildFailure) {
        family(onChildFailure, PLAIN);
    }

    private void family(Family.OnChildFailure onChildFailure, JobOptions ofParent) {
        NewJob first = QueueHarness.job("test.work", "parent", ofParent);
        NewJob second = QueueHarness.job("test.work", "near", PLAIN);
        List<String> ids = await(harness.queue.enqueueFamily(
                        new Family(first, List.of(second, QueueHarness.otherJob("far", PLAIN)), onChildFailure)))
                .stream()
                .map(Enqueued::jobId)
                .toList();
        parent = ids.get(0);
        near = ids.get(1);
        far = ids.get(2);
    }

    private void forward() {
        for (QueuePolicy policy :
                List.of(harness.policy, QueuePolicy.defaults(QueueHarness.OTHER).withPartitions(2))) {
            for (int partition = 0; partition < policy.partitions(); partition++) {
                await(harness.maintainer.forwardOutgoing(policy, partition, 100));
            }
        }
    }

    private JobState state(String id) {
        return harness.find(id).map(JobView::state).orElse(JobState.COMPLETED);
    }

    private void reaches(String id, JobState state) {
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertThat(state(id)).isEqualTo(state);
        });
    }

    private Map.Entry<QueueConsumer, ClaimedJob> taken(String id) {
        Map<String, Map.Entry<QueueConsumer, ClaimedJob>> found = new HashMap<>();
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> {
            forward();
            held.forEach((worker, jobs) -> {
                jobs.addAll(harness.claim(worker, 10));
                jobs.stream().filter(job -> job.id().equals(id)).forEach(job -> found.put(id, Map.entry(worker, job)));
            });
            return found.containsKey(id);
        });
        Map.Entry<QueueConsumer, ClaimedJob> job = found.get(id);
        held.get(job.getKey()).remove(job.getValue());
        return job;
    }

    private void dies(String id) {
        Map.Entry<QueueConsumer, ClaimedJob> job = taken(id);
        await(job.getKey().bury(job.getValue(), "broken"));
    }

    private void completes(String id) {
        Map.Entry<QueueConsumer, ClaimedJob> job = taken(id);
        assertThat(harness.finish(job.getKey(), job.getValue())).isEmpty();
    }

    private JobActionResult retry(String id) {
        return await(harness.jobAdmin.retry(id, true, Children.RETRY));
    }

    private JobActionResult requeue(String id, Children children) {
        String version = harness.find(id).orElseThrow().version();
        return await(harness.jobAdmin.edit(
                id, version, new JobEdit(Optional.of("\"edited\""), 1, Optional.empty(), true, children)));
    }

    private static JobActionResult done(JobState state) {
        return new JobActionResult.Done(state);
    }

    private void runsAfterBoth() {
        assertThat(state(parent)).isEqualTo(JobState.AWAITING_CHILDREN);
        completes(far);
        forward();
        assertThat(state(parent)).isEqualTo(JobState.AWAITING_CHILDREN);
        completes(near);
        reaches(parent, JobState.WAITING);
        completes(parent);
        assertThat(harness.status().awaitingChildren()).isZero();
        assertNothingKept();
    }

    private void assertNothingKept() {
        assertThat(harness.sum("HLEN", RedisKeys::awaited)).isZero();
    }

    @Test
    void aRetriedParentBringsItsDeadChildBackAndWaits() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);

        assertThat(retry(parent)).isEqualTo(done(JobState.AWAITING_CHILDREN));

        reaches(far, JobState.WAITING);
        runsAfterBoth();
    }

    @Test
    void aChildRetriedFirstIsAwaitedByItsParent() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);

        assertThat(retry(far)).isEqualTo(done(JobState.WAITING));
        forward();
        assertThat(state(parent)).as("its parent is not asked for").isEqualTo(JobState.DEAD);
        assertThat(retry(parent)).isEqualTo(done(JobState.AWAITING_CHILDREN));

        runsAfterBoth();
    }

    @Test
    void aParentWhoseChildrenHaveCompletedMeanwhileRunsAtOnce() {
        family(Family.OnChildFailure.FAIL);
        dies(near);
        reaches(parent, JobState.DEAD);
        retry(near);
        completes(near);
        completes(far);
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertNothingKept();
        });

        assertThat(retry(parent)).isEqualTo(done(JobState.WAITING));
    }

    @Test
    void theOrderInWhichManyAreRetriedDoesNotMatter() {
        for (boolean parentFirst : List.of(true, false)) {
            family(Family.OnChildFailure.FAIL);
            dies(near);
            dies(far);
            reaches(parent, JobState.DEAD);
            forward();

            for (String id : parentFirst ? List.of(parent, near, far) : List.of(far, near, parent)) {
                retry(id);
            }

            reaches(parent, JobState.AWAITING_CHILDREN);
            reaches(near, JobState.WAITING);
            reaches(far, JobState.WAITING);
            runsAfterBoth();
        }
    }

    @Test
    void aChildThatDiesAgainTakesItsParentWithItAgain() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);
        retry(parent);

        dies(far);
        reaches(parent, JobState.DEAD);

        assertThat(retry(parent)).isEqualTo(done(JobState.AWAITING_CHILDREN));
        reaches(far, JobState.WAITING);
        runsAfterBoth();
    }

    @Test
    void aParentRunsAtOnceWithoutItsChildrenWhenAskedTo() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);

        assertThat(await(harness.jobAdmin.retry(parent, true, Children.IGNORE))).isEqualTo(done(JobState.WAITING));

        completes(parent);
        forward();
        assertThat(state(far)).isEqualTo(JobState.DEAD);
        completes(near);
        await(harness.jobAdmin.delete(far));
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertNothingKept();
        });
    }

    @Test
    void editedAndRequeuedIsAsRetried() {
        family(Family.OnChildFailure.FAIL);
        dies(near);
        dies(far);
        reaches(parent, JobState.DEAD);
        forward();

        assertThat(requeue(far, Children.RETRY)).isEqualTo(done(JobState.WAITING));
        assertThat(requeue(parent, Children.RETRY)).isEqualTo(done(JobState.AWAITING_CHILDREN));

        reaches(near, JobState.WAITING);
        runsAfterBoth();
    }

    @Test
    void anEditedParentRunsAtOnceWhenAskedTo() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);

        assertThat(requeue(parent, Children.IGNORE)).isEqualTo(done(JobState.WAITING));
    }

    @Test
    void aParentThatNeedsAChildWhichIsGoneStaysDead() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);
        await(harness.jobAdmin.delete(far));

        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertThat(retry(parent)).isInstanceOfSatisfying(JobActionResult.Conflict.class, conflict -> {
                assertThat(conflict.state()).isEqualTo(JobState.DEAD);
                assertThat(conflict.why()).contains(far).contains("ignore");
            });
        });
        assertThat(await(harness.jobAdmin.retry(parent, true, Children.IGNORE))).isEqualTo(done(JobState.WAITING));
    }

    @Test
    void aParentWhoseDeadChildWasForgottenDiesAgainInsteadOfWaitingForEver() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);
        await(harness.jobAdmin.purge(QueueHarness.OTHER, io.penstock.common.queue.JobAdmin.Purge.DEAD));

        retry(parent);

        reaches(parent, JobState.DEAD);
        assertThat(retry(parent)).isInstanceOf(JobActionResult.Conflict.class);
    }

    @Test
    void aPatientParentThatIsRetriedGivesItsFailedChildrenAnotherChance() {
        family(Family.OnChildFailure.CONTINUE);
        dies(far);
        completes(near);
        reaches(parent, JobState.WAITING);
        dies(parent);

        assertThat(retry(parent)).isEqualTo(done(JobState.AWAITING_CHILDREN));
        dies(far);
        reaches(parent, JobState.WAITING);
        completes(parent);

        await(harness.maintainer.sweepLeftovers(
                harness.policy, JobId.place(parent).orElseThrow().partition()));
        assertNothingKept();
    }

    @Test
    void aPatientParentThatStillWaitsAwaitsARetriedChild() {
        family(Family.OnChildFailure.CONTINUE);
        dies(far);
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertThat(harness.sum("HLEN", RedisKeys::awaited)).isEqualTo(2);
        });

        retry(far);
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertThat(harness.sum("HLEN", RedisKeys::awaited)).isEqualTo(2);
        });
        completes(near);
        forward();
        assertThat(state(parent)).isEqualTo(JobState.AWAITING_CHILDREN);
        completes(far);

        reaches(parent, JobState.WAITING);
    }

    @Test
    void aChildRunsWhoseParentWasDeleted() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);
        await(harness.jobAdmin.delete(parent));

        assertThat(retry(far)).isEqualTo(done(JobState.WAITING));
        completes(far);
        completes(near);

        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertNothingKept();
        });
        assertThat(harness.find(parent)).isEmpty();
    }

    @Test
    void whatIsDeliveredTwiceOrLateChangesNothing() {
        family(Family.OnChildFailure.FAIL);
        dies(far);
        reaches(parent, JobState.DEAD);
        retry(parent);
        reaches(far, JobState.WAITING);
        int farPartition = JobId.place(far).orElseThrow().partition();
        JobId.Place at = JobId.place(parent).orElseThrow();
        String diedOnce = "0|1c;orders;" + at.partition() + ";1\n" + parent + "\n" + far + "\nd";
        String comeBack = "0|2r;letters;" + farPartition + ";1\n" + far + "\norders," + at.partition() + "," + parent;

        harness.redis.run("HSET", RedisKeys.outgoing("letters", farPartition), far + "\n" + parent, diedOnce);
        harness.redis.run("HSET", RedisKeys.outgoing("orders", at.partition()), far + "\n" + parent + "\nr", comeBack);
        Awaitility.await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            forward();
            assertThat(harness.redis.count("EXISTS", RedisKeys.outgoing("letters", farPartition)))
                    .isZero();
            assertThat(harness.redis.count("EXISTS", RedisKeys.outgoing("orders", at.partition())))
                    .isZero();
        });

        runsAfterBoth();
        assertThat(harness.redis.count("XLEN", "queue:{letters:" + farPartition + "}:ready:0"))
                .as("the child ran once")
                .isZero();
    }

    @Test
    void whatIsNewerThanWhatWasTakenIsNotDropped() {
        family(Family.OnChildFailure.FAIL);
        String outgoing = RedisKeys.outgoing("letters", 0);
        harness.redis.run("HSET", outgoing, "a", "0|new");

        await(io.penstock.common.queue.redis.RedisResults.uni(() -> harness.redis
                .routes()
                .run(Scripts.DROP_OUTGOING, List.of(outgoing), List.of("a", "old"), Duration.ofSeconds(5))));

        assertThat(harness.redis.text("HGET", outgoing, "a")).isEqualTo("0|new");
    }

    @Test
    void childrenOfAnEarlierFamilyDoNotCountForALaterOneOfTheSameParent() {
        family(Family.OnChildFailure.FAIL, PLAIN.withId("p"));
        String oldNear = near;
        dies(far);
        reaches("p", JobState.DEAD);
        family(Family.OnChildFailure.FAIL, PLAIN.withId("p"));

        dies(oldNear);
        forward();
        assertThat(state("p")).isEqualTo(JobState.AWAITING_CHILDREN);
        completes(near);
        completes(far);

        reaches("p", JobState.WAITING);
    }
}
