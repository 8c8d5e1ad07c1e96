package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static io.penstock.common.queue.redis.QueueHarness.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueueMaintainer;
import io.penstock.common.redis.RedisKeys;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a user of the queue can rely on, against a real Redis. */
@OnEveryTopology
class QueueContractTest extends QueueContract {

    QueueContractTest(Topology topology) {
        super(topology);
    }

    @Test
    void deliversWhatWasEnqueued() {
        String id = harness.enqueue("{\"a\":\"ä\\n\"}").jobId();

        ClaimedJob claimed = harness.claimOne(harness.worker("w1"));

        assertThat(claimed.id()).isEqualTo(id);
        assertThat(claimed.type()).isEqualTo("test.work");
        assertThat(claimed.payload()).isEqualTo("{\"a\":\"ä\\n\"}");
        assertThat(claimed.attempt()).isEqualTo(1);
        assertThat(claimed.maxAttempts()).isEqualTo(3);
    }

    @Test
    void givesEachJobToOneWorkerOnly() {
        IntStream.range(0, 100).forEach(i -> harness.enqueue("{}"));
        QueueConsumer first = harness.worker("w1");
        QueueConsumer second = harness.worker("w2");

        List<String> ids = new ArrayList<>();
        harness.claim(first, 60).forEach(job -> ids.add(job.id()));
        harness.claim(second, 60).forEach(job -> ids.add(job.id()));

        assertThat(ids).hasSize(100).doesNotHaveDuplicates();
    }

    @Test
    void keepsTheOrderWithinAPriorityAndServesHigherPrioritiesFirst() {
        useOnePartition();
        harness.enqueue("1");
        harness.enqueue("2");
        harness.enqueue("9", JobOptions.DEFAULT.withPriority(10));
        harness.enqueue("5", JobOptions.DEFAULT.withPriority(5));

        List<ClaimedJob> jobs = harness.claim(harness.worker("w1"), 10);

        assertThat(jobs).extracting(ClaimedJob::payload).containsExactly("9", "5", "1", "2");
    }

    @Test
    void staysWithinTheSlotsOnceSeveralPrioritiesWereSeen() {
        useOnePartition();
        for (int priority = 0; priority <= 10; priority++) {
            for (int i = 0; i < 4; i++) {
                harness.enqueue("" + priority, JobOptions.DEFAULT.withPriority(priority));
            }
        }
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 2);

        List<ClaimedJob> next = harness.claim(worker, 2);

        assertThat(next).extracting(ClaimedJob::payload).containsExactly("10", "10");
    }

    @Test
    void takesOnlyWhatIsThereWhenItMayNotWait() {
        QueueConsumer worker = harness.worker("w1");

        assertThat(await(worker.claim(5, Duration.ZERO))).isEmpty();
        harness.enqueue("1");
        assertThat(await(worker.claim(5, Duration.ZERO)))
                .extracting(ClaimedJob::payload)
                .containsExactly("1");
    }

    @Test
    void wakesAWaitingWorker() throws Exception {
        useOnePartition();
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 1);
        CompletableFuture<List<ClaimedJob>> waiting = worker.claim(1, Duration.ofSeconds(8))
                .subscribeAsCompletionStage()
                .toCompletableFuture();

        harness.enqueue("{}");

        assertThat(waiting.get(5, TimeUnit.SECONDS)).hasSize(1);
    }

    @Test
    void answersALiveExplicitIdWithTheFirstJob() {
        Enqueued first = harness.enqueue("1", JobOptions.DEFAULT.withId("full-1-10"));
        Enqueued again = harness.enqueue("2", JobOptions.DEFAULT.withId("full-1-10"));

        assertThat(first.added()).isTrue();
        assertThat(again).isEqualTo(new Enqueued("full-1-10", QueueHarness.QUEUE, false));
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob running = harness.claimOne(worker);
        assertThat(harness.enqueue("3", JobOptions.DEFAULT.withId("full-1-10")).added())
                .isFalse();
        harness.finish(worker, running);
        assertThat(harness.enqueue("4", JobOptions.DEFAULT.withId("full-1-10")).added())
                .isTrue();
        assertThat(harness.claim(worker, 10)).extracting(ClaimedJob::payload).containsExactly("4");
    }

    @Test
    void startsTheIdOfADeadJobAfresh() {
        QueueConsumer worker = harness.worker("w1");
        harness.enqueue("1", JobOptions.DEFAULT.withId("a"));
        await(worker.bury(harness.claimOne(worker), "broken"));
        assertThat(harness.status().dead()).isEqualTo(1);

        assertThat(harness.enqueue("2", JobOptions.DEFAULT.withId("a")).added()).isTrue();

        assertThat(harness.status().dead()).isZero();
        assertThat(harness.claimOne(worker).payload()).isEqualTo("2");
    }

    @Test
    void acceptsABulkCallInOrderAndSaysWhichIdsWereLive() {
        harness.enqueue("0", JobOptions.DEFAULT.withId("b"));
        List<NewJob> jobs = List.of(
                job("test.work", "1", JobOptions.DEFAULT.withId("a")),
                job("test.work", "2", JobOptions.DEFAULT.withId("b")),
                job("test.work", "3", JobOptions.DEFAULT),
                job("test.work", "4", JobOptions.DEFAULT.withDelay(Duration.ofHours(1))),
                job("test.work", "5", JobOptions.DEFAULT.withId("a")));

        List<Enqueued> answers = await(harness.queue.enqueueAll(jobs));

        assertThat(answers).extracting(Enqueued::added).containsExactly(true, false, true, true, false);
        assertThat(answers.get(0).jobId()).isEqualTo("a");
        assertThat(harness.status().waiting()).isEqualTo(3);
        assertThat(harness.status().scheduled()).isEqualTo(1);
        assertThat(harness.find(answers.get(2).jobId()).orElseThrow().state()).isEqualTo(JobState.WAITING);
        assertThat(harness.find(answers.get(3).jobId()).orElseThrow().state()).isEqualTo(JobState.SCHEDULED);
    }

    @Test
    void acceptsABulkOfPlainJobsWithTheirPriorities() {
        List<NewJob> jobs = List.of(
                job("test.work", "1", JobOptions.DEFAULT),
                job("test.work", "2", JobOptions.DEFAULT.withPriority(JobOptions.DEFAULT.priority() + 1)),
                job("test.work", "3", JobOptions.DEFAULT));

        List<Enqueued> answers = await(harness.queue.enqueueAll(jobs));

        assertThat(answers).allMatch(Enqueued::added);
        assertThat(answers.stream()
                        .map(answer ->
                                harness.find(answer.jobId()).orElseThrow().priority()))
                .containsExactly(
                        JobOptions.DEFAULT.priority(),
                        JobOptions.DEFAULT.priority() + 1,
                        JobOptions.DEFAULT.priority());
        assertThat(harness.claim(harness.worker("w1"), 10))
                .extracting(ClaimedJob::payload)
                .containsExactlyInAnyOrder("1", "2", "3");
    }

    @Test
    void manySingleEnqueuesAtOnceAreAllAccepted() {
        List<CompletableFuture<Enqueued>> calls = IntStream.range(0, 5_000)
                .mapToObj(i -> harness.queue
                        .enqueue(job("test.work", "" + i, JobOptions.DEFAULT))
                        .subscribeAsCompletionStage()
                        .toCompletableFuture())
                .toList();
        Set<String> ids = new java.util.HashSet<>();
        calls.forEach(call -> ids.add(call.join().jobId()));

        assertThat(ids).hasSize(5_000);
        assertThat(harness.status().waiting()).isEqualTo(5_000);
    }

    @Test
    void holdsADelayedJobUntilItIsDue() {
        harness.enqueue("later", JobOptions.DEFAULT.withDelay(Duration.ofHours(1)));
        String soon = harness.enqueue("soon", JobOptions.DEFAULT.withDelay(Duration.ofMillis(1)))
                .jobId();
        QueueConsumer worker = harness.worker("w1");
        assertThat(harness.claim(worker, 10)).isEmpty();

        org.awaitility.Awaitility.await().until(() -> harness.promoteAll() == 1);

        ClaimedJob claimed = harness.claimOne(worker);
        assertThat(claimed.payload()).isEqualTo("soon");
        assertThat(claimed.id()).isEqualTo(soon);
        assertThat(harness.status().scheduled()).isEqualTo(1);
    }

    @Test
    void leavesNothingBehindAFinishedJobBeyondWhatIsKept() {
        use(policy().withKeepCompleted(0));
        QueueConsumer worker = harness.worker("w1");
        harness.enqueue("{}", JobOptions.DEFAULT.withId("x"));
        harness.enqueue("{}");
        List<ClaimedJob> jobs = harness.claim(worker, 10);

        assertThat(harness.finish(worker, jobs.toArray(ClaimedJob[]::new))).isEmpty();

        assertThat(harness.status().waiting()).isZero();
        assertThat(harness.status().active()).isZero();
        assertThat(harness.status().completed()).isEqualTo(2);
        assertThat(harness.sum("HLEN", RedisKeys::jobs)).isZero();
        assertThat(harness.sum("EXISTS", RedisKeys::completed)).isZero();
        assertThat(harness.find(jobs.get(0).id())).isEmpty();
    }

    @Test
    void keepsTheLatestCompletedJobsAndNoMore() {
        useOnePartition();
        QueueConsumer worker = harness.worker("w1");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(harness.enqueue("{}").jobId());
            harness.finish(worker, harness.claimOne(worker));
        }

        JobView newest = harness.find(ids.get(24)).orElseThrow();
        assertThat(newest.state()).isEqualTo(JobState.COMPLETED);
        assertThat(newest.result()).isEqualTo("\"done\"");
        assertThat(newest.worker()).isEqualTo("w1");
        assertThat(harness.find(ids.get(15))).isPresent();
        assertThat(harness.find(ids.get(14))).isEmpty();
        assertThat(harness.sum("XLEN", RedisKeys::completed)).isEqualTo(10);
    }

    @Test
    void keepsTheLatestOfOneBatchThatIsLargerThanWhatIsKept() {
        useOnePartition();
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 25; i++) {
            ids.add(harness.enqueue("{}").jobId());
        }
        QueueConsumer worker = harness.worker("w1");

        harness.finish(worker, harness.claim(worker, 25).toArray(ClaimedJob[]::new));

        assertThat(ids.subList(0, 15)).allMatch(id -> harness.find(id).isEmpty());
        assertThat(ids.subList(15, 25)).allMatch(id -> harness.find(id).isPresent());
    }

    @Test
    void refusesTheEndOfALostJobAndLeavesItToItsNewWorker() {
        String id = harness.enqueue("{}").jobId();
        QueueConsumer stale = harness.worker("w1");
        QueueConsumer fresh = harness.worker("w2");
        ClaimedJob lost = harness.claimOne(stale);
        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(1, 0));
        ClaimedJob taken = harness.claimOne(fresh);
        assertThat(taken.id()).isEqualTo(id);
        assertThat(taken.stalls()).isEqualTo(1);
        assertThat(taken.attempt()).isEqualTo(1);

        assertThat(harness.finish(stale, lost)).containsExactly(lost);
        assertThat(await(stale.retryLater(lost, Duration.ZERO, "late"))).isFalse();
        assertThat(await(stale.snooze(lost, Duration.ZERO, "late"))).isFalse();
        assertThat(await(stale.bury(lost, "late"))).isFalse();
        assertThat(await(stale.handBack(List.of(lost)))).containsExactly(lost);
        assertThat(await(stale.renew(List.of(lost)))).containsExactly(lost);

        assertThat(harness.find(id).orElseThrow().worker()).isEqualTo("w2");
        assertThat(harness.finish(fresh, taken)).isEmpty();
        assertThat(harness.status().completed()).isEqualTo(1);
    }

    @Test
    void finishesTheOwnJobsOfABatchThatHoldsALostOne() {
        useOnePartition();
        QueueConsumer stale = harness.worker("w1");
        harness.enqueue("1");
        ClaimedJob lost = harness.claimOne(stale);
        harness.rescueAll();
        harness.enqueue("2");
        ClaimedJob moved = harness.claimOne(stale);
        ClaimedJob own = harness.claimOne(stale);

        assertThat(harness.finish(stale, lost, own)).containsExactly(lost);

        assertThat(harness.status().completed()).isEqualTo(1);
        assertThat(harness.redis.run("HGET", "queue:{orders:0}:meta", "kept").toString())
                .isEqualTo("1");
        assertThat(harness.find(own.id()).orElseThrow().state()).isEqualTo(JobState.COMPLETED);
        assertThat(harness.find(moved.id()).orElseThrow().state()).isEqualTo(JobState.ACTIVE);
    }

    @Test
    void leavesAJobToItsWorkerWhileTheLeaseIsRenewed() {
        harness.enqueue("{}");
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = harness.claimOne(worker);

        assertThat(await(worker.renew(List.of(job)))).isEmpty();

        assertThat(harness.rescue(Duration.ofMinutes(1))).isEqualTo(new QueueMaintainer.Rescued(0, 0));
    }

    @Test
    void buriesAJobThatLosesItsWorkerTooOften() {
        String id = harness.enqueue("{\"kills\":true}").jobId();
        QueueConsumer worker = harness.worker("w1");
        for (int stall = 0; stall < 2; stall++) {
            assertThat(await(worker.begin(harness.claimOne(worker)))).isTrue();
            assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(1, 0));
        }
        assertThat(await(worker.begin(harness.claimOne(worker)))).isTrue();

        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(0, 1));

        JobView dead = harness.find(id).orElseThrow();
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.error()).contains("lost its worker 3 times").contains("w1");
        assertThat(dead.payload()).isEqualTo("{\"kills\":true}");
        assertThat(dead.stalls()).isEqualTo(3);
    }

    @Test
    void blamesNoJobThatHadNotBegunWhenItsWorkerWasLost() {
        String id = harness.enqueue("{}").jobId();
        QueueConsumer worker = harness.worker("w1");
        for (int loss = 0; loss < 5; loss++) {
            harness.claimOne(worker);
            assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(1, 0));
        }

        ClaimedJob job = harness.claimOne(worker);

        assertThat(job.id()).isEqualTo(id);
        assertThat(job.stalls())
                .as("only the first loss, of which nobody knows")
                .isEqualTo(1);
        assertThat(harness.policy.isSuspect(job)).isTrue();
        assertThat(await(worker.renew(List.of(job)))).isEmpty();
        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(1, 0));
        assertThat(await(worker.begin(job))).as("lost").isFalse();
    }

    @Test
    void whereNoStallIsAllowedOnlyAJobThatHadBegunIsBuried() {
        use(Policies.withMaxStalls(policy(), 0));
        QueueConsumer worker = harness.worker("w1");
        String id = harness.enqueue("{}").jobId();
        ClaimedJob held = harness.claimOne(worker);
        assertThat(harness.policy.isSuspect(held)).isTrue();
        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(1, 0));

        ClaimedJob job = harness.claimOne(worker);
        await(worker.begin(job));
        assertThat(await(worker.renew(List.of(job)))).isEmpty();

        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(0, 1));
        assertThat(harness.find(id).orElseThrow().error()).contains("lost its worker 1 times");
    }

    @Test
    void recoversWhatAClaimBroughtWhoseAnswerWasLost() {
        useOnePartition();
        for (int i = 0; i < 600; i++) {
            harness.enqueue("{}");
        }
        QueueConsumer worker = harness.worker("w1");
        List<ClaimedJob> held = harness.claim(worker, 300);
        List<ClaimedJob> missed = harness.claim(worker, 290);
        ClaimedJob others = harness.claimOne(harness.worker("w2"));

        List<ClaimedJob> recovered = await(worker.recover(held));

        assertThat(recovered).isEqualTo(missed).doesNotContain(others);
        assertThat(harness.finish(worker, recovered.get(0))).isEmpty();
        held.addAll(recovered);
        assertThat(await(worker.recover(held))).isEmpty();
    }

    @Test
    void recoversNothingThatAnotherWorkerHasByNow() {
        useOnePartition();
        harness.enqueue("{}");
        QueueConsumer worker = harness.worker("w1");
        harness.claimOne(worker);
        harness.rescueAll();
        harness.claimOne(harness.worker("w2"));

        assertThat(await(worker.recover(List.of()))).isEmpty();
    }

    @Test
    void retriesWithTheAttemptUsedUpAndTheReasonKept() {
        String id = harness.enqueue("{}").jobId();
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob first = harness.claimOne(worker);

        assertThat(await(worker.retryLater(first, Duration.ofMillis(1), "line 1\nline \\2")))
                .isTrue();

        JobView waiting = harness.find(id).orElseThrow();
        assertThat(waiting.state()).isEqualTo(JobState.RETRYING);
        assertThat(waiting.error()).isEqualTo("line 1\nline \\2");
        assertThat(waiting.attempts()).isEqualTo(1);
        assertThat(waiting.dueAt()).isNotNull();
        assertThat(waiting.enqueuedAt()).isEqualTo(first.enqueuedAt());
        org.awaitility.Awaitility.await().until(() -> harness.promoteAll() == 1);
        ClaimedJob second = harness.claimOne(worker);
        assertThat(second.id()).isEqualTo(id);
        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.enqueuedAt()).isEqualTo(first.enqueuedAt());
        assertThat(harness.status().failed()).isEqualTo(1);
        harness.finish(worker, second);
        assertThat(harness.sum("HLEN", RedisKeys::jobs)).isZero();
    }

    @Test
    void snoozesWithoutUsingAnAttempt() {
        harness.enqueue("{}");
        QueueConsumer worker = harness.worker("w1");

        await(worker.snooze(harness.claimOne(worker), Duration.ofMillis(1), "no token"));

        org.awaitility.Awaitility.await().until(() -> harness.promoteAll() == 1);
        assertThat(harness.claimOne(worker).attempt()).isEqualTo(1);
        assertThat(harness.status().failed()).isZero();
    }

    @Test
    void handsUnrunJobsBackAtOnce() {
        String id = harness.enqueue("{}").jobId();
        QueueConsumer leaving = harness.worker("w1");
        ClaimedJob job = harness.claimOne(leaving);

        assertThat(await(leaving.handBack(List.of(job)))).isEmpty();

        ClaimedJob again = harness.claimOne(harness.worker("w2"));
        assertThat(again.id()).isEqualTo(id);
        assertThat(again.attempt()).isEqualTo(1);
        assertThat(again.stalls()).isZero();
    }

    @Test
    void keepsOnlyTheLatestDeadJobsWhereTheQueueSaysSo() {
        use(Policies.withKeepDead(policy().withPartitions(1), 2));
        QueueConsumer worker = harness.worker("w1");
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            ids.add(harness.enqueue("{}").jobId());
            await(worker.bury(harness.claimOne(worker), "broken " + i));
        }

        assertThat(harness.status().dead()).isEqualTo(2);
        assertThat(harness.find(ids.get(1))).isEmpty();
        assertThat(harness.find(ids.get(3)).orElseThrow().error()).isEqualTo("broken 3");
        assertThat(harness.sum("HLEN", RedisKeys::jobs)).isEqualTo(2);
    }

    @Test
    void startsNothingWhilePausedAndEverythingAfterwardsInOrder() {
        useOnePartition();
        QueueConsumer worker = harness.worker("w1");
        harness.enqueue("1");
        harness.enqueue("2");
        ClaimedJob running = harness.claimOne(worker);

        await(harness.queue.pause(QueueHarness.QUEUE));
        await(harness.queue.pause(QueueHarness.QUEUE));
        harness.enqueue("3");

        assertThat(harness.status().paused()).isTrue();
        assertThat(harness.claim(worker, 10)).isEmpty();
        assertThat(harness.status().waiting()).isEqualTo(2);
        assertThat(harness.finish(worker, running)).isEmpty();
        await(harness.queue.resume(QueueHarness.QUEUE));
        await(harness.queue.resume(QueueHarness.QUEUE));
        assertThat(harness.status().paused()).isFalse();
        assertThat(harness.claim(worker, 10)).extracting(ClaimedJob::payload).containsExactly("2", "3");
    }

    @Test
    void pausesAQueueThatNoWorkerHasOpenedYet() {
        await(harness.queue.pause(QueueHarness.QUEUE));
        harness.enqueue("1");
        QueueConsumer worker = harness.worker("w1");

        assertThat(harness.claim(worker, 10)).isEmpty();
        await(harness.queue.resume(QueueHarness.QUEUE));

        assertThat(harness.claim(worker, 10)).hasSize(1);
    }

    @Test
    void holdsTheRateLimitAcrossWorkers() {
        use(Policies.withLimit(policy(), new RateLimit(2, Duration.ofHours(1), 2)));
        IntStream.range(0, 5).forEach(i -> harness.enqueue("" + i));
        QueueConsumer first = harness.worker("w1");
        QueueConsumer second = harness.worker("w2");

        assertThat(harness.claim(first, 1)).extracting(ClaimedJob::payload).containsExactly("0");
        assertThat(harness.claim(second, 5)).extracting(ClaimedJob::payload).containsExactly("1");
        assertThat(harness.claim(first, 5)).isEmpty();
        assertThat(harness.claim(second, 5)).isEmpty();
        assertThat(harness.status().waiting()).isEqualTo(3);
    }

    @Test
    void goesOnInOrderWhenThePermitIsDue() {
        use(Policies.withLimit(policy(), new RateLimit(20, Duration.ofSeconds(1), 1)));
        IntStream.range(0, 4).forEach(i -> harness.enqueue("" + i));
        QueueConsumer worker = harness.worker("w1");
        List<String> order = new ArrayList<>();
        List<Long> starts = new ArrayList<>();

        while (order.size() < 4) {
            await(worker.claim(10, Duration.ofSeconds(1))).forEach(job -> {
                order.add(job.payload());
                starts.add(System.nanoTime());
            });
        }

        assertThat(order).containsExactly("0", "1", "2", "3");
        assertThat(Duration.ofNanos(starts.get(3) - starts.get(0))).isGreaterThan(Duration.ofMillis(140));
    }

    @Test
    void limitsOnlyTheTypesThatThePolicyNames() {
        use(Policies.withLimit(policy(), new RateLimit(1, Duration.ofHours(1), 1), "test.limited"));
        for (int i = 0; i < 3; i++) {
            await(harness.queue.enqueue(job("test.limited", "limited", JobOptions.DEFAULT)));
            await(harness.queue.enqueue(job("test.work", "free", JobOptions.DEFAULT)));
        }

        assertThat(harness.claim(harness.worker("w1", Lane.MAIN), 10))
                .hasSize(3)
                .allMatch(job -> job.payload().equals("free"));
        assertThat(harness.status().rateLimitedMs()).isZero();
        assertThat(harness.claim(harness.worker("w1", Lane.LIMITED), 10))
                .hasSize(1)
                .allMatch(job -> job.payload().equals("limited"));
        assertThat(harness.status().waiting()).isEqualTo(2);
        assertThat(harness.status().active()).isEqualTo(4);
    }

    @Test
    void tellsWhereAJobIs() {
        String id = harness.enqueue("{}").jobId();
        QueueConsumer worker = harness.worker("w1");

        assertThat(harness.find(id).orElseThrow().state()).isEqualTo(JobState.WAITING);
        ClaimedJob job = harness.claimOne(worker);
        assertThat(harness.find(id).orElseThrow().state()).isEqualTo(JobState.ACTIVE);
        assertThat(harness.find(id).orElseThrow().attempts()).isEqualTo(1);
        await(worker.bury(job, "no use"));
        assertThat(harness.find(id).orElseThrow().state()).isEqualTo(JobState.DEAD);
        assertThat(harness.find("orders~0~99~1-1")).isEmpty();
        assertThat(harness.find("unknown~0~0~1-1")).isEmpty();
        assertThat(harness.find("no-such-id")).isEmpty();
    }

    @Test
    void tellsWhenAPermitIsDue() {
        use(Policies.withLimit(policy(), new RateLimit(2, Duration.ofHours(2), 2), "test.limited"));
        for (int i = 0; i < 3; i++) {
            await(harness.queue.enqueue(job("test.limited", "limited", JobOptions.DEFAULT)));
        }
        harness.claim(harness.worker("w1", Lane.LIMITED), 1);
        assertThat(harness.status().rateLimitedMs()).isZero();

        harness.claim(harness.worker("w1", Lane.LIMITED), 1);
        assertThat(harness.status().rateLimitedMs())
                .isBetween(
                        Duration.ofMinutes(119).toMillis(), Duration.ofHours(2).toMillis());
    }

    @Test
    void measuresHowLongTheOldestJobHasWaited() {
        harness.enqueue("{}");

        org.awaitility.Awaitility.await().until(() -> harness.status().oldestWaitMs() >= 20);

        harness.claimOne(harness.worker("w1"));
        assertThat(harness.status().oldestWaitMs()).isZero();
    }

    @Test
    void buriesGarbageInsteadOfGoingRoundForEver() {
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 1);
        harness.redis.run("XADD", "queue:{orders:0}:ready:0", "*", "foo", "bar");

        assertThat(harness.claim(worker, 1)).isEmpty();
        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(0, 1));

        assertThat(harness.status().dead()).isEqualTo(1);
        assertThat(harness.status().active()).isZero();
    }

    @Test
    void leavesAJobOfANewerVersionUnblamed() {
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 1);
        harness.redis.run("XADD", "queue:{orders:0}:ready:0", "*", "h", "4;test.work", "p", "{}");

        for (int round = 0; round < 5; round++) {
            assertThat(harness.claim(worker, 1)).isEmpty();
            assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(0, 0));
        }

        assertThat(harness.status().waiting()).isEqualTo(1);
        assertThat(harness.status().dead()).isZero();
    }

    @Test
    void worksOnAfterTheScriptsWereForgotten() {
        harness.enqueue("1", JobOptions.DEFAULT.withId("a"));
        harness.redis.run("SCRIPT", "FLUSH");

        assertThat(harness.enqueue("2", JobOptions.DEFAULT.withId("b")).added()).isTrue();
    }

    @Test
    void forgetsWorkersThatHoldNothing() {
        useOnePartition();
        QueueConsumer gone = harness.worker("gone");
        harness.enqueue("{}");
        harness.finish(gone, harness.claimOne(gone));
        harness.enqueue("{}");
        QueueConsumer busy = harness.worker("busy");
        harness.claimOne(busy);

        org.awaitility.Awaitility.await().until(() -> harness.forgetIdleWorkers() > 0);

        assertThat(harness.redis
                        .run("XINFO", "CONSUMERS", "queue:{orders:0}:ready:0", "workers")
                        .toString())
                .contains("busy")
                .doesNotContain("gone");
    }

    @Test
    void tendsAQueueThatNobodyHasOpenedYet() {
        assertThat(harness.rescueAll()).isEqualTo(new QueueMaintainer.Rescued(0, 0));
        assertThat(harness.promoteAll()).isZero();
        assertThat(harness.forgetIdleWorkers()).isZero();
    }

    @Test
    void saysClearlyThatRedisIsFull() {
        harness.redis.run("CONFIG", "SET", "maxmemory", "1");
        try {
            assertThatThrownBy(() -> harness.enqueue("{}")).hasMessageContaining("Redis is full");
            assertThatThrownBy(() -> harness.enqueue("{}", JobOptions.DEFAULT.withId("a")))
                    .hasMessageContaining("Redis is full");
        } finally {
            harness.redis.run("CONFIG", "SET", "maxmemory", "0");
        }
        assertThat(harness.status().waiting()).isZero();
    }
}
