package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.job.FailureKind;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEdit;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.JobsPage;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an operator may do to one job or to a queue, on a real Redis. */
@OnEveryTopology
class RedisJobAdminTest extends QueueContract {

    private static final JobOptions PLAIN = JobOptions.DEFAULT;
    private static final Duration LONG = Duration.ofHours(1);
    private static final JobActionResult NOT_FOUND = new JobActionResult.NotFound();

    RedisJobAdminTest(Topology topology) {
        super(topology);
    }

    /** One partition, because most of it is about jobs that meet in one. */
    @Override
    QueuePolicy policy() {
        return QueuePolicy.defaults(QueueHarness.QUEUE);
    }

    private void useGroupsOf(int concurrency) {
        use(QueuePolicy.defaults(QueueHarness.QUEUE)
                .withGroups(new QueuePolicy.GroupPolicy(concurrency, Optional.empty())));
    }

    private JobAdmin jobAdmin() {
        return harness.jobAdmin;
    }

    private JobState stateOf(String id) {
        return harness.find(id).orElseThrow().state();
    }

    private static JobActionResult done(JobState state) {
        return new JobActionResult.Done(state);
    }

    private static void assertConflict(JobActionResult answer, JobState state) {
        assertThat(answer)
                .isInstanceOfSatisfying(JobActionResult.Conflict.class, conflict -> assertThat(conflict.state())
                        .isEqualTo(state));
    }

    /** Where a job can be, finer than the states that users see. */
    enum Place {
        WAITING,
        WAITING_WITH_ID,
        BEHIND_GROUP,
        SCHEDULED,
        SNOOZED,
        RETRYING,
        ACTIVE,
        DEAD,
        COMPLETED,
        CANCELLED,
        EXPIRED,
        NOWHERE;

        JobState state() {
            return switch (this) {
                case WAITING, WAITING_WITH_ID, BEHIND_GROUP -> JobState.WAITING;
                case SCHEDULED, SNOOZED -> JobState.SCHEDULED;
                case RETRYING -> JobState.RETRYING;
                case ACTIVE -> JobState.ACTIVE;
                case DEAD -> JobState.DEAD;
                case COMPLETED -> JobState.COMPLETED;
                case CANCELLED -> JobState.CANCELLED;
                case EXPIRED -> JobState.EXPIRED;
                case NOWHERE -> throw new IllegalStateException("no state");
            };
        }
    }

    /** Brings a job to its place, with a group and a uniqueness key where that is possible, so that both must be kept right. */
    private String at(Place place) {
        JobOptions rich = PLAIN.withGroup("g").withUnique(Uniqueness.of("k"));
        switch (place) {
            case WAITING -> {
                return harness.enqueue("1").jobId();
            }
            case WAITING_WITH_ID -> {
                return harness.enqueue("1", PLAIN.withId("mine")).jobId();
            }
            case BEHIND_GROUP -> {
                harness.enqueue("0", PLAIN.withGroup("g"));
                return harness.enqueue("1", rich).jobId();
            }
            case SCHEDULED -> {
                return harness.enqueue("1", rich.withDelay(LONG)).jobId();
            }
            case NOWHERE -> {
                return "orders~0~0~1-1";
            }
            default -> {
                String id = harness.enqueue("1", rich).jobId();
                QueueConsumer worker = harness.worker("w1");
                ClaimedJob job = harness.claimOne(worker);
                switch (place) {
                    case SNOOZED -> await(worker.snooze(job, LONG, "not now"));
                    case RETRYING -> await(worker.retryLater(job, LONG, "failed"));
                    case DEAD -> await(worker.bury(job, "hopeless"));
                    case COMPLETED -> harness.finish(worker, job);
                    case CANCELLED -> await(worker.drop(job, Dropped.CANCELLED, "off"));
                    case EXPIRED -> await(worker.drop(job, Dropped.EXPIRED, "late"));
                    default -> {
                        // Active: it is where it should be.
                    }
                }
                return id;
            }
        }
    }

    private void assertNothingIsLeftOf(String id, Place place) {
        assertThat(harness.redis.count("HEXISTS", "queue:{orders:0}:jobs", id)).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:unique")).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:cancels")).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:groups"))
                .as("only the other job of the group is counted")
                .isEqualTo(place == Place.BEHIND_GROUP ? 1 : 0);
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:backlog")).isZero();
        QueueStatus status = harness.status();
        assertThat(status.waiting() + status.scheduled() + status.active() + status.dead())
                .isEqualTo(place == Place.BEHIND_GROUP ? 1 : 0);
    }

    // every place × every operation

    @ParameterizedTest
    @EnumSource(Place.class)
    void cancels(Place place) {
        useGroupsOf(1);
        String id = at(place);

        JobActionResult answer = await(jobAdmin().cancel(id, "no longer wanted"));

        switch (place) {
            case WAITING, WAITING_WITH_ID, BEHIND_GROUP, SCHEDULED, SNOOZED, RETRYING -> {
                assertThat(answer).isEqualTo(done(JobState.CANCELLED));
                JobView view = harness.find(id).orElseThrow();
                assertThat(view.state()).isEqualTo(JobState.CANCELLED);
                assertThat(view.error()).isEqualTo("no longer wanted");
                assertThat(view.cancellation()).as("it did not run").isNull();
                assertThat(harness.status().cancelled()).isEqualTo(1);
                assertNothingIsLeftOf(id, place);
                assertConflict(await(jobAdmin().cancel(id, "again")), JobState.CANCELLED);
            }
            case ACTIVE -> {
                assertThat(answer).isEqualTo(done(JobState.ACTIVE));
                Cancellation first = harness.find(id).orElseThrow().cancellation();
                assertThat(first.status()).isEqualTo(Cancellation.Status.REQUESTED);
                harness.redis.passMillis(2);
                assertThat(await(jobAdmin().cancel(id, "again"))).isEqualTo(done(JobState.ACTIVE));
                assertThat(harness.find(id).orElseThrow().cancellation())
                        .as("the grace runs from the first time")
                        .isEqualTo(first);
            }
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            default -> assertConflict(answer, place.state());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void deletes(Place place) {
        useGroupsOf(1);
        String id = at(place);

        JobActionResult answer = await(jobAdmin().delete(id));

        switch (place) {
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            case ACTIVE, COMPLETED, CANCELLED, EXPIRED -> assertConflict(answer, place.state());
            default -> {
                assertThat(answer).isEqualTo(done(place.state()));
                assertThat(harness.find(id)).isEmpty();
                assertNothingIsLeftOf(id, place);
                assertThat(await(jobAdmin().delete(id))).isEqualTo(NOT_FOUND);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void retries(Place place) {
        String id = at(place);

        JobActionResult answer = await(jobAdmin().retry(id, true, JobAdmin.Children.RETRY));

        switch (place) {
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            case DEAD -> {
                assertThat(answer).isEqualTo(done(JobState.WAITING));
                assertThat(harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k")))
                                .added())
                        .as("it has its key again")
                        .isFalse();
                QueueConsumer worker = harness.worker("w2");
                ClaimedJob again = harness.claimOne(worker);
                assertThat(again.id()).isEqualTo(id);
                assertThat(again.failedAttempts()).isZero();
                harness.finish(worker, again);
                assertNothingIsLeftOf(id, place);
            }
            default -> assertConflict(answer, place.state());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void runsNow(Place place) {
        useGroupsOf(1);
        String id = at(place);

        JobActionResult answer = await(jobAdmin().runNow(id));

        switch (place) {
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            case BEHIND_GROUP, SCHEDULED, SNOOZED, RETRYING -> {
                assertThat(answer).isEqualTo(done(place.state()));
                QueueConsumer worker = harness.worker("w2");
                List<ClaimedJob> claimed = harness.claim(worker, 10);
                assertThat(claimed).anyMatch(job -> job.id().equals(id));
                harness.finish(worker, claimed.toArray(ClaimedJob[]::new));
                assertNothingIsLeftOf(id, Place.DEAD);
            }
            default -> assertConflict(answer, place.state());
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void edits(Place place) {
        useGroupsOf(1);
        String id = at(place);
        String version = harness.find(id).map(JobView::version).orElse(null);
        JobEdit edit = new JobEdit(
                Optional.of("\"new\""), Optional.of(PLAIN.withPriority(7).withTags("edited")), false);

        JobActionResult answer = await(jobAdmin().edit(id, String.valueOf(version), edit));

        switch (place) {
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            case ACTIVE, COMPLETED, CANCELLED, EXPIRED -> assertConflict(answer, place.state());
            default -> {
                assertThat(answer).isEqualTo(done(place.state()));
                JobView view = harness.find(id).orElseThrow();
                assertThat(view.state()).isEqualTo(place.state());
                assertThat(view.payload()).isEqualTo("\"new\"");
                assertThat(view.priority()).isEqualTo(7);
                assertThat(view.labels().tags()).containsExactly("edited");
                assertThat(view.version()).isNotEqualTo(version);
                assertConflict(await(jobAdmin().edit(id, String.valueOf(version), edit)), place.state());
                assertThat(await(jobAdmin().delete(id))).isEqualTo(done(place.state()));
                assertNothingIsLeftOf(id, place);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Place.class)
    void editsAndRequeues(Place place) {
        useGroupsOf(1);
        String id = at(place);
        String version = String.valueOf(harness.find(id).map(JobView::version).orElse(null));

        JobActionResult answer =
                await(jobAdmin().edit(id, version, new JobEdit(Optional.of("\"new\""), Optional.empty(), true)));

        switch (place) {
            case NOWHERE -> assertThat(answer).isEqualTo(NOT_FOUND);
            case ACTIVE, COMPLETED, CANCELLED, EXPIRED -> assertConflict(answer, place.state());
            default -> {
                assertThat(answer).isEqualTo(done(JobState.WAITING));
                QueueConsumer worker = harness.worker("w2");
                List<ClaimedJob> claimed = harness.claim(worker, 10);
                assertThat(claimed)
                        .anyMatch(job -> job.id().equals(id) && job.payload().equals("\"new\""));
                harness.finish(worker, claimed.toArray(ClaimedJob[]::new));
                assertNothingIsLeftOf(id, Place.DEAD);
            }
        }
    }

    // cancelling what runs

    private ClaimedJob cancelRequests(QueueConsumer worker, JobOptions options) {
        String id = harness.enqueue("1", options).jobId();
        ClaimedJob job = harness.claimOne(worker);
        await(jobAdmin().cancel(id, "off"));
        return job;
    }

    private Cancellation.Status cancellationStatus(ClaimedJob job) {
        JobView view = harness.find(job.id()).orElseThrow();
        assertThat(view.state()).isEqualTo(JobState.CANCELLED);
        return view.cancellation().status();
    }

    private void assertNoNoteIsLeft() {
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:cancels")).isZero();
    }

    @Test
    void tellsTheWorkerWhichJobsToStop() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob asked = cancelRequests(worker, PLAIN);
        harness.enqueue("2");
        ClaimedJob other = harness.claimOne(worker);

        List<CancelRequest> found = await(worker.cancelRequests(List.of(asked, other)));

        assertThat(found).extracting(CancelRequest::job).containsExactly(asked);
    }

    @Test
    void aCancelledJobTellsHowOftenItWasTried() {
        QueueConsumer worker = harness.worker("w1");
        String waiting = harness.enqueue("1", PLAIN.withGroup("g").withTags("red", "blue"))
                .jobId();
        await(jobAdmin().cancel(waiting, "off"));
        ClaimedJob running = cancelRequests(worker, PLAIN.withAttempts(7));
        await(worker.drop(running, Dropped.CANCELLED, "stopped"));

        JobView never = harness.find(waiting).orElseThrow();
        assertThat(never.attempts()).isZero();
        assertThat(never.maxAttempts()).isEqualTo(harness.policy.attempts().max());
        assertThat(never.labels().group()).hasValue("g");
        assertThat(never.labels().tags()).containsExactly("red", "blue");
        JobView once = harness.find(running.id()).orElseThrow();
        assertThat(once.attempts()).isEqualTo(1);
        assertThat(once.maxAttempts()).isEqualTo(7);
    }

    @Test
    void theKindOfAFailureIsKept() {
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("1").jobId();
        await(worker.retryLater(harness.claimOne(worker), LONG, "too slow", FailureKind.TIMEOUT));
        assertThat(harness.find(id).orElseThrow().failureKind()).isEqualTo(FailureKind.TIMEOUT);

        await(jobAdmin().runNow(id));
        await(worker.snooze(harness.claimOne(worker), LONG, "later"));
        assertThat(harness.find(id).orElseThrow().failureKind()).isEqualTo(FailureKind.TIMEOUT);

        await(jobAdmin().runNow(id));
        await(worker.bury(harness.claimOne(worker), "broken"));
        assertThat(harness.find(id).orElseThrow().failureKind()).isEqualTo(FailureKind.ERROR);
    }

    @Test
    void remembersThatAHandlerObeyed() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = cancelRequests(worker, PLAIN);

        assertThat(await(worker.drop(job, Dropped.CANCELLED, "stopped"))).isTrue();

        assertThat(cancellationStatus(job)).isEqualTo(Cancellation.Status.ACKNOWLEDGED);
        assertNoNoteIsLeft();
    }

    @Test
    void remembersThatAHandlerHadToBeCutOff() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = cancelRequests(worker, PLAIN.withGroup("g"));

        assertThat(await(worker.drop(job, Dropped.FORCED, "did not stop"))).isTrue();

        assertThat(cancellationStatus(job)).isEqualTo(Cancellation.Status.FORCED);
        assertNothingIsLeftOf(job.id(), Place.DEAD);
    }

    @Test
    void aJobThatCompletesFirstIsCompleted() {
        QueueConsumer worker = harness.worker("w1");
        for (JobOptions options : List.of(PLAIN, PLAIN.withId("mine"), PLAIN.withGroup("g"))) {
            ClaimedJob job = cancelRequests(worker, options);

            assertThat(harness.finish(worker, job)).isEmpty();

            assertThat(stateOf(job.id())).isEqualTo(JobState.COMPLETED);
            assertNoNoteIsLeft();
        }
    }

    @Test
    void aRetryOrASnoozeEndsAsCancelled() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob retried = cancelRequests(worker, PLAIN.withGroup("g"));
        assertThat(await(worker.retryLater(retried, LONG, "failed"))).isTrue();
        ClaimedJob snoozed = cancelRequests(worker, PLAIN);
        assertThat(await(worker.snooze(snoozed, LONG, "later"))).isTrue();

        assertThat(cancellationStatus(retried)).isEqualTo(Cancellation.Status.ACKNOWLEDGED);
        assertThat(cancellationStatus(snoozed)).isEqualTo(Cancellation.Status.ACKNOWLEDGED);
        assertNothingIsLeftOf(retried.id(), Place.DEAD);
    }

    @Test
    void aJobThatDiesFirstIsDead() {
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = cancelRequests(worker, PLAIN);
        await(worker.bury(job, "hopeless"));

        assertThat(stateOf(job.id())).isEqualTo(JobState.DEAD);
        assertNoNoteIsLeft();
    }

    @Test
    void aRescueEndsItAsCancelled() {
        useGroupsOf(1);
        QueueConsumer lost = harness.worker("lost");
        ClaimedJob job = cancelRequests(lost, PLAIN.withGroup("g"));
        harness.enqueue("next", PLAIN.withGroup("g"));

        harness.rescueAll();

        assertThat(cancellationStatus(job)).isEqualTo(Cancellation.Status.FORCED);
        assertThat(harness.finish(lost, job)).as("fenced").hasSize(1);
        assertThat(stateOf(job.id())).isEqualTo(JobState.CANCELLED);
        assertThat(harness.claimOne(harness.worker("w1")).payload()).isEqualTo("next");
        assertNoNoteIsLeft();
    }

    @Test
    void handingBackEndsItAsCancelled() {
        QueueConsumer worker = harness.consumer(0, "w1");
        ClaimedJob asked = cancelRequests(worker, PLAIN);
        String other = harness.enqueue("2").jobId();
        ClaimedJob kept = harness.claimOne(worker);
        ClaimedJob lost = new ClaimedJob(
                new StreamLease(0, "1-1", JobHeader.parse("1;test.work")),
                "orders~0~0~1-1",
                kept.type(),
                0,
                0,
                3,
                0,
                kept.timeout(),
                kept.retry(),
                "{}",
                kept.enqueuedAt(),
                kept.readyAt(),
                kept.labels(),
                null,
                1);

        assertThat(await(worker.handBack(List.of(asked, lost, kept)))).containsExactly(lost);

        assertThat(cancellationStatus(asked)).isEqualTo(Cancellation.Status.ACKNOWLEDGED);
        assertThat(stateOf(other)).isEqualTo(JobState.WAITING);
        assertNoNoteIsLeft();
    }

    @Test
    void fencesWhatDoesNotStopInTime() {
        useGroupsOf(1);
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = cancelRequests(worker, PLAIN.withGroup("g").withUnique(Uniqueness.of("k")));

        assertThat(await(harness.maintainer.fenceCancelled(harness.policy, 0, LONG, QueueMaintainer.HeadStart.NONE)))
                .isZero();
        assertThat(await(harness.maintainer.fenceCancelled(
                        harness.policy, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE)))
                .isEqualTo(1);

        assertThat(cancellationStatus(job)).isEqualTo(Cancellation.Status.FORCED);
        assertThat(harness.finish(worker, job)).as("fenced").hasSize(1);
        assertThat(await(worker.renew(List.of(job))))
                .as("the worker hears of it")
                .hasSize(1);
        assertThat(stateOf(job.id())).isEqualTo(JobState.CANCELLED);
        assertThat(harness.status().completed()).isZero();
        assertNothingIsLeftOf(job.id(), Place.DEAD);
    }

    @Test
    void aNoteAboutAnEarlierRunMeansNothing() {
        QueueConsumer worker = harness.worker("w1");
        harness.enqueue("1", PLAIN.withId("mine"));
        ClaimedJob job = harness.claimOne(worker);
        harness.redis.run("HSET", "queue:{orders:0}:cancels", "mine", "1;1-1");

        assertThat(await(worker.cancelRequests(List.of(job)))).isEmpty();
        assertThat(await(harness.maintainer.fenceCancelled(
                        harness.policy, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE)))
                .isZero();
        assertNoNoteIsLeft();
        assertThat(harness.find("mine").orElseThrow().cancellation()).isNull();
        assertThat(harness.finish(worker, job)).isEmpty();
    }

    @Test
    void fencesThousandsInSteps() {
        QueueConsumer worker = harness.worker("w1");
        IntStream.range(0, 1_000).forEach(i -> harness.enqueue("{}"));
        List<ClaimedJob> jobs = new ArrayList<>();
        while (jobs.size() < 1_000) {
            jobs.addAll(harness.claim(worker, 1_000));
        }
        jobs.forEach(job -> await(jobAdmin().cancel(job.id(), "off")));

        assertThat(await(harness.maintainer.fenceCancelled(
                        harness.policy, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE)))
                .isEqualTo(1_000);
        assertThat(harness.status().cancelled()).isEqualTo(1_000);
        assertNoNoteIsLeft();
    }

    // races

    @Test
    void cancelAgainstClaimAgainstFinishHasOneWinner() {
        QueueConsumer worker = harness.worker("w1");
        int cancelled = 0;
        for (int round = 0; round < 200; round++) {
            String id = harness.enqueue("{}").jobId();
            var claim = worker.claim(1, Duration.ofMillis(1))
                    .chain(jobs -> jobs.isEmpty()
                            ? Uni.createFrom().item(false)
                            : worker.finish(List.of(new io.penstock.common.queue.FinishedJob(
                                            jobs.get(0), java.time.Instant.now(), java.time.Instant.now(), null)))
                                    .map(Set::isEmpty))
                    .subscribeAsCompletionStage();
            var cancel = jobAdmin().cancel(id, "off").subscribeAsCompletionStage();

            boolean finished = claim.join();
            JobActionResult answer = cancel.join();

            JobState end = stateOf(id);
            if (finished) {
                assertThat(end).isEqualTo(JobState.COMPLETED);
                assertThat(answer)
                        .satisfiesAnyOf(
                                asked -> assertThat(asked).isEqualTo(done(JobState.ACTIVE)),
                                late -> assertConflict(late, JobState.COMPLETED));
            } else {
                cancelled++;
                assertThat(end).isEqualTo(JobState.CANCELLED);
                assertThat(answer).isEqualTo(done(JobState.CANCELLED));
            }
        }
        QueueStatus status = harness.status();
        assertThat(status.cancelled()).isEqualTo(cancelled);
        assertThat(status.completed()).isEqualTo(200 - cancelled);
        assertThat(status.waiting() + status.active()).isZero();
        assertNoNoteIsLeft();
    }

    @Test
    void fenceAgainstFinishHasOneWinner() {
        QueueConsumer worker = harness.worker("w1");
        for (int round = 0; round < 200; round++) {
            ClaimedJob job = cancelRequests(worker, PLAIN);
            var finish = worker.finish(List.of(new io.penstock.common.queue.FinishedJob(
                            job, java.time.Instant.now(), java.time.Instant.now(), null)))
                    .subscribeAsCompletionStage();
            var fence = harness.maintainer
                    .fenceCancelled(harness.policy, 0, Duration.ZERO, QueueMaintainer.HeadStart.NONE)
                    .subscribeAsCompletionStage();

            boolean finished = finish.join().isEmpty();

            assertThat(fence.join()).isEqualTo(finished ? 0 : 1);
            assertThat(stateOf(job.id())).isEqualTo(finished ? JobState.COMPLETED : JobState.CANCELLED);
        }
        assertThat(harness.status().active()).isZero();
        assertNoNoteIsLeft();
    }

    @Test
    void twoEditsOfOneVersionHaveOneWinner() {
        for (int round = 0; round < 50; round++) {
            String id = harness.enqueue("{}", PLAIN.withDelay(LONG)).jobId();
            String version = harness.find(id).orElseThrow().version();
            var one = jobAdmin()
                    .edit(id, version, new JobEdit(Optional.of("1"), Optional.empty(), false))
                    .subscribeAsCompletionStage();
            var two = jobAdmin()
                    .edit(id, version, new JobEdit(Optional.of("2"), Optional.empty(), true))
                    .subscribeAsCompletionStage();

            boolean first = one.join() instanceof JobActionResult.Done;
            boolean second = two.join() instanceof JobActionResult.Done;

            assertThat(first).isNotEqualTo(second);
            assertThat(harness.find(id).orElseThrow().payload()).isEqualTo(first ? "1" : "2");
        }
    }

    // finer points of retry and edit

    @Test
    void retriesManyAtOnceAndTellsOfEach() {
        QueueConsumer worker = harness.worker("w1");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            ids.add(harness.enqueue("d" + i).jobId());
            await(worker.bury(harness.claimOne(worker), "failed"));
        }
        String waiting = harness.enqueue("w").jobId();
        List<String> all = List.of(ids.get(0), waiting, ids.get(1), "orders~0~0~1-1", ids.get(2), ids.get(2));

        List<JobActionResult> answers = await(jobAdmin().retryAll("orders", 0, all, true, JobAdmin.Children.RETRY));

        assertThat(answers)
                .containsExactly(
                        done(JobState.WAITING),
                        new JobActionResult.Conflict(JobState.WAITING, "it is waiting"),
                        done(JobState.WAITING),
                        NOT_FOUND,
                        done(JobState.WAITING),
                        new JobActionResult.Conflict(JobState.WAITING, "it is waiting"));
        assertThat(ids).allSatisfy(id -> assertThat(stateOf(id)).isEqualTo(JobState.WAITING));
    }

    @Test
    void doesNotRetryWhileAnotherJobHasTheKey() {
        String id = at(Place.DEAD);
        String other =
                harness.enqueue("2", PLAIN.withUnique(Uniqueness.of("k"))).jobId();

        assertThat(await(jobAdmin().retry(id, true, JobAdmin.Children.RETRY)))
                .isInstanceOfSatisfying(JobActionResult.Conflict.class, conflict -> assertThat(conflict.why())
                        .contains(other));
        assertThat(stateOf(id)).isEqualTo(JobState.DEAD);
        await(jobAdmin().delete(other));
        assertThat(await(jobAdmin().retry(id, true, JobAdmin.Children.RETRY))).isEqualTo(done(JobState.WAITING));
    }

    @Test
    void aRetryThatKeepsTheAttemptsHasOneLeft() {
        String id = harness.enqueue("1", PLAIN.withAttempts(2)).jobId();
        QueueConsumer worker = harness.worker("w1");
        await(worker.retryLater(harness.claimOne(worker), Duration.ofMillis(1), "failed"));
        harness.redis.passMillis(5);
        harness.promoteAll();
        await(worker.bury(harness.claimOne(worker), "failed"));

        await(jobAdmin().retry(id, false, JobAdmin.Children.RETRY));

        ClaimedJob again = harness.claimOne(worker);
        assertThat(again.failedAttempts()).isEqualTo(2);
        assertThat(again.attempt()).isGreaterThanOrEqualTo(again.maxAttempts());
    }

    @Test
    void aRetriedJobNoLongerExpires() {
        String id = harness.enqueue("1", PLAIN.expiringIn(Duration.ofMillis(1))).jobId();
        QueueConsumer worker = harness.worker("w1");
        await(worker.bury(harness.claimOne(worker), "failed"));

        await(jobAdmin().retry(id, true, JobAdmin.Children.RETRY));

        assertThat(harness.claimOne(worker).expiresAt()).isNull();
    }

    @Test
    void whatIsNoJobCannotBeRetried() {
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 1);
        String entry = harness.redis.text("XADD", "queue:{orders:0}:ready:0", "*", "x", "y");
        harness.claim(worker, 1);
        harness.rescueAll();

        assertConflict(await(jobAdmin().retry("orders~0~0~" + entry, true, JobAdmin.Children.RETRY)), JobState.DEAD);
        assertThat(await(jobAdmin().delete("orders~0~0~" + entry))).isEqualTo(done(JobState.DEAD));
    }

    @Test
    void anEditGivesAnotherTime() {
        String id = harness.enqueue("1").jobId();
        String version = harness.find(id).orElseThrow().version();

        JobActionResult answer = await(
                jobAdmin().edit(id, version, new JobEdit(Optional.empty(), Optional.of(PLAIN.withDelay(LONG)), false)));

        assertThat(answer).isEqualTo(done(JobState.SCHEDULED));
        JobView view = harness.find(id).orElseThrow();
        assertThat(view.dueAt()).isAfter(view.enqueuedAt().plusSeconds(3500));
        assertThat(view.payload()).isEqualTo("1");
        assertThat(harness.claim(harness.worker("w1"), 1)).isEmpty();
    }

    @Test
    void anEditKeepsTheDueTimeAndTheAttemptsUsed() {
        String id = at(Place.RETRYING);
        JobView before = harness.find(id).orElseThrow();

        await(jobAdmin()
                .edit(id, before.version(), new JobEdit(Optional.of("2"), Optional.of(PLAIN.withAttempts(9)), false)));

        JobView after = harness.find(id).orElseThrow();
        assertThat(after.dueAt()).isEqualTo(before.dueAt());
        assertThat(after.attempts()).isEqualTo(1);
        assertThat(after.maxAttempts()).isEqualTo(9);
        assertThat(after.enqueuedAt()).isEqualTo(before.enqueuedAt());
        assertThat(after.error()).isEqualTo("failed");
        assertThat(after.labels().group()).contains("g");
    }

    @Test
    void anEditCannotMoveAJob() {
        String id = harness.enqueue("1").jobId();
        String version = harness.find(id).orElseThrow().version();
        for (JobOptions moving :
                List.of(PLAIN.withId("x"), PLAIN.withGroup("x"), PLAIN.withUnique(Uniqueness.of("x")))) {
            assertThatThrownBy(() -> await(
                            jobAdmin().edit(id, version, new JobEdit(Optional.empty(), Optional.of(moving), false))))
                    .isInstanceOf(InvalidJobException.class);
        }
    }

    @Test
    void findsExplicitIdsInTheirPartition() {
        use(QueuePolicy.defaults(QueueHarness.QUEUE).withPartitions(5));
        for (int i = 0; i < 20; i++) {
            harness.enqueue("{}", PLAIN.withId("job-" + i).withDelay(LONG));
        }
        for (int i = 0; i < 20; i++) {
            assertThat(await(jobAdmin().cancel("job-" + i, "off"))).isEqualTo(done(JobState.CANCELLED));
        }
        assertThat(await(jobAdmin().cancel("job-77", "off"))).isEqualTo(NOT_FOUND);
        assertThat(await(jobAdmin().cancel("nowhere~0~0~1-1", "off"))).isEqualTo(NOT_FOUND);
        assertThat(await(jobAdmin().cancel("orders~99~0~1-1", "off"))).isEqualTo(NOT_FOUND);
        assertThat(await(jobAdmin().cancel("orders~0~99~1-1", "off"))).isEqualTo(NOT_FOUND);
    }

    // families

    private List<String> family(Family.OnChildFailure onChildFailure, int children) {
        NewJob parent = QueueHarness.job("test.work", "parent", PLAIN);
        NewJob child = QueueHarness.job("test.work", "child", PLAIN.withDelay(LONG));
        return await(harness.queue.enqueueFamily(
                        new Family(parent, java.util.Collections.nCopies(children, child), onChildFailure)))
                .stream()
                .map(Enqueued::jobId)
                .toList();
    }

    @Test
    void aParentDoesNotWaitForChildrenThatAreGone() {
        List<String> ids = family(Family.OnChildFailure.CONTINUE, 3);

        await(jobAdmin().cancel(ids.get(1), "off"));
        await(jobAdmin().delete(ids.get(2)));
        assertThat(stateOf(ids.get(0))).isEqualTo(JobState.AWAITING_CHILDREN);
        await(jobAdmin().drain(QueueHarness.QUEUE, true));

        assertThat(stateOf(ids.get(0))).isEqualTo(JobState.WAITING);
        assertThat(harness.status().awaitingChildren()).isZero();
    }

    @Test
    void aCancelledChildTakesAStrictParentWithIt() {
        List<String> ids = family(Family.OnChildFailure.FAIL, 2);

        await(jobAdmin().cancel(ids.get(1), "off"));

        assertThat(stateOf(ids.get(0))).isEqualTo(JobState.DEAD);
        assertConflict(await(jobAdmin().retry(ids.get(0), true, JobAdmin.Children.RETRY)), JobState.DEAD);
        assertThat(await(jobAdmin().retry(ids.get(0), true, JobAdmin.Children.IGNORE)))
                .isEqualTo(done(JobState.WAITING));
    }

    @Test
    void aParentThatWaitsCanBeEditedAndCancelledButNotRun() {
        List<String> ids = family(Family.OnChildFailure.FAIL, 1);
        String parent = ids.get(0);
        String version = harness.find(parent).orElseThrow().version();

        assertConflict(await(jobAdmin().runNow(parent)), JobState.AWAITING_CHILDREN);
        assertConflict(await(jobAdmin().retry(parent, true, JobAdmin.Children.RETRY)), JobState.AWAITING_CHILDREN);
        assertConflict(
                await(jobAdmin().edit(parent, version, new JobEdit(Optional.empty(), Optional.empty(), true))),
                JobState.AWAITING_CHILDREN);
        assertThat(await(jobAdmin().edit(parent, version, new JobEdit(Optional.of("2"), Optional.empty(), false))))
                .isEqualTo(done(JobState.AWAITING_CHILDREN));
        assertThat(await(jobAdmin().cancel(parent, "off"))).isEqualTo(done(JobState.CANCELLED));
        assertThat(harness.status().awaitingChildren()).isZero();

        await(jobAdmin().runNow(ids.get(1)));
        QueueConsumer worker = harness.worker("w1");
        harness.finish(worker, harness.claimOne(worker));
        assertThat(stateOf(parent)).isEqualTo(JobState.CANCELLED);
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:awaited")).isZero();
    }

    // whole queues

    private void fill() {
        useGroupsOf(2);
        IntStream.range(0, 300).forEach(i -> harness.enqueue("{}", PLAIN.withPriority(i % 3)));
        IntStream.range(0, 300).forEach(i -> harness.enqueue("{}", PLAIN.withGroup("g" + i % 7)));
        IntStream.range(0, 10).forEach(i -> harness.enqueue("{}", PLAIN.withUnique(Uniqueness.of("k" + i))));
        IntStream.range(0, 50).forEach(i -> harness.enqueue("{}", PLAIN.withDelay(LONG)));
    }

    @Test
    void drainsWhatWaits() {
        fill();
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> claimed = harness.claim(worker, 10);
        await(worker.bury(claimed.get(0), "hopeless"));
        List<ClaimedJob> running = claimed.subList(1, claimed.size());
        long waiting = 610 - claimed.size();

        assertThat(await(jobAdmin().drain(QueueHarness.QUEUE, false))).isEqualTo(new JobAdmin.Cleared(waiting, false));

        QueueStatus status = harness.status();
        assertThat(status.waiting()).isZero();
        assertThat(status.scheduled()).isEqualTo(50);
        assertThat(status.dead()).isEqualTo(1);
        assertThat(status.active()).isEqualTo(running.size());
        assertThat(status.cancelled()).isEqualTo(waiting);
        assertThat(harness.finish(worker, running.toArray(ClaimedJob[]::new))).isEmpty();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:unique")).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:groups")).isZero();
        assertThat(harness.enqueue("new").added()).isTrue();
        assertThat(harness.claimOne(worker).payload()).isEqualTo("new");
    }

    @Test
    void drainsAPausedQueueAndWhatIsDelayed() {
        fill();
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> running = harness.claim(worker, 10);
        await(harness.queue.pause(QueueHarness.QUEUE));

        assertThat(await(jobAdmin().drain(QueueHarness.QUEUE, true)).jobs()).isEqualTo(660 - running.size());

        QueueStatus status = harness.status();
        assertThat(status.waiting() + status.scheduled()).isZero();
        assertThat(status.active()).isEqualTo(running.size());
        assertThat(harness.finish(worker, running.toArray(ClaimedJob[]::new))).isEmpty();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:jobs")).isZero();
    }

    @Test
    void purgesWhatIsAskedFor() {
        QueueConsumer worker = harness.worker("w1");
        for (int i = 0; i < 450; i++) {
            harness.enqueue("{}");
            await(worker.bury(harness.claimOne(worker), "hopeless"));
        }
        harness.enqueue("{}");
        String completed = harness.enqueue("{}").jobId();
        harness.claimOne(worker);
        harness.finish(worker, harness.claimOne(worker));

        assertThat(await(jobAdmin().purge(QueueHarness.QUEUE, JobAdmin.Purge.RECORDS)))
                .isEqualTo(new JobAdmin.Cleared(1, false));
        assertThat(harness.find(completed)).isEmpty();
        assertThat(harness.status().dead()).isEqualTo(450);
        harness.enqueue("{}", PLAIN.withDelay(LONG));
        assertThat(await(jobAdmin().purge(QueueHarness.QUEUE, JobAdmin.Purge.DEAD)))
                .isEqualTo(new JobAdmin.Cleared(450, false));
        assertThat(harness.status().scheduled()).isEqualTo(1);
        assertThat(await(jobAdmin().purge(QueueHarness.QUEUE, JobAdmin.Purge.ALL)))
                .isEqualTo(new JobAdmin.Cleared(1, false));
        assertThat(harness.status().active()).isEqualTo(1);
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:jobs")).isZero();
        assertThat(harness.redis.count("EXISTS", "queue:{orders:0}:dead")).isZero();
    }

    @Test
    void listsEveryJobThatStaysWhereItIs() {
        fill();
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 10);

        List<JobsPage.Row> rows = new ArrayList<>();
        Optional<JobsPage.Cursor> cursor = Optional.of(JobsPage.Cursor.START);
        while (cursor.isPresent()) {
            JobsPage page = await(jobAdmin().list(QueueHarness.QUEUE, 0, cursor.get(), 100));
            rows.addAll(page.jobs());
            cursor = page.next();
        }

        Set<String> ids = new HashSet<>();
        rows.forEach(row -> ids.add(row.id()));
        assertThat(ids).hasSize(660);
        assertThat(rows).allMatch(row -> row.enqueuedAt() != null);
        QueueStatus status = harness.status();
        assertThat(rows.stream().filter(row -> row.state() == JobState.ACTIVE)).hasSize((int) status.active());
        assertThat(rows.stream()
                        .filter(row -> row.state() == JobState.WAITING)
                        .map(JobsPage.Row::id)
                        .distinct())
                .hasSize((int) status.waiting());
        for (JobsPage.Row row : rows) {
            assertThat(stateOf(row.id())).isEqualTo(row.state());
        }
    }
}
