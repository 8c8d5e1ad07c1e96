package io.penstock.common.queue.redis;

import static io.penstock.common.queue.redis.QueueHarness.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Timing;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobBrowser.Found;
import io.penstock.common.queue.JobBrowser.Page;
import io.penstock.common.queue.JobBrowser.Shelf;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.WaitingJobs;
import io.penstock.common.queue.WaitingJobs.Reasons;
import io.penstock.common.queue.WaitingJobs.Where;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lists of live jobs, page by page, and what holds a job back. */
@OnEveryTopology
class JobBrowserTest extends QueueContract {

    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final Duration LONG = Duration.ofHours(1);

    private QueuePolicy policy = QueuePolicy.defaults(QueueHarness.QUEUE);
    private JobBrowser browser;
    private WaitingJobs waiting;

    JobBrowserTest(Topology topology) {
        super(topology);
    }

    @Override
    QueuePolicy policy() {
        return policy;
    }

    @BeforeEach
    void look() {
        look(policy);
    }

    private void look(QueuePolicy of) {
        policy = of;
        QueuePolicies policies = new QueuePolicies(List.of(of));
        browser = new RedisJobBrowser(harness.redis.routes(), policies, DEADLINE);
        waiting = new RedisWaitingJobs(harness.redis.routes(), policies, DEADLINE);
    }

    private Page page(Shelf shelf, String from, int most) {
        return await(browser.page(QueueHarness.QUEUE, 0, shelf, from, most, true));
    }

    /** The ids of a shelf, read in pages of so many. */
    private List<String> all(Shelf shelf, int most) {
        List<String> ids = new ArrayList<>();
        String from = "";
        do {
            Page page = page(shelf, from, most);
            assertThat(page.examined()).isPositive();
            page.jobs().forEach(found -> ids.add(found.job().id()));
            from = page.next();
        } while (!from.isEmpty());
        return ids;
    }

    private List<String> enqueue(int count, JobOptions options) {
        return IntStream.range(0, count)
                .mapToObj(i -> harness.enqueue("{\"n\":" + i + "}", options).jobId())
                .toList();
    }

    private static JobOptions at(Instant time) {
        return JobOptions.DEFAULT.withTiming(
                new Timing(Duration.ZERO, Optional.of(time), Optional.empty(), Optional.empty()));
    }

    private Reasons reasonsOf(String id) {
        return await(waiting.reasons(harness.find(id).orElseThrow())).orElseThrow();
    }

    @Test
    void waitingJobsOfAllPrioritiesComeInTheOrderTheyCame() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            expected.addAll(enqueue(1, JobOptions.DEFAULT.withPriority(i % 3 * 5)));
        }
        List<String> inOrder = all(Shelf.WAITING, 200);
        // Those of one millisecond are in no certain order.
        assertThat(page(Shelf.WAITING, "", 200).jobs()).isSortedAccordingTo(Comparator.comparingLong(Found::atMs));
        assertThat(inOrder).containsExactlyInAnyOrderElementsOf(expected);
        assertThat(all(Shelf.WAITING, 7)).isEqualTo(inOrder);
        assertThat(page(Shelf.WAITING, "", 1).jobs().get(0).job().payload()).isEqualTo("{\"n\":0}");
        assertThat(all(Shelf.ACTIVE, 7)).isEmpty();
    }

    @Test
    void whatAWorkerHasIsActiveAndNotWaiting() {
        List<String> ids = enqueue(5, JobOptions.DEFAULT);
        QueueConsumer worker = harness.worker("w1");
        harness.claim(worker, 2);
        assertThat(all(Shelf.ACTIVE, 1)).isEqualTo(ids.subList(0, 2));
        assertThat(all(Shelf.WAITING, 1)).isEqualTo(ids.subList(2, 5));
        Found active = page(Shelf.ACTIVE, "", 1).jobs().get(0);
        assertThat(active.job().worker()).isEqualTo("w1");
        assertThat(active.job().attempts()).isEqualTo(1);
        assertThat(active.leaseAgeMs()).isBetween(0L, 10_000L);
    }

    @Test
    void whatWaitsInAPausedQueueIsListed() {
        List<String> ids = enqueue(3, JobOptions.DEFAULT);
        await(harness.queue.pause(QueueHarness.QUEUE));
        List<String> expected = new ArrayList<>(ids);
        expected.addAll(enqueue(2, JobOptions.DEFAULT));
        assertThat(all(Shelf.WAITING, 2)).isEqualTo(expected);
        assertThat(reasonsOf(ids.get(0)).paused()).isTrue();
    }

    @Test
    void delayedJobsOfOneInstantAreReadOnceEach() {
        Instant at = Instant.now().plus(LONG);
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            ids.add(harness.enqueue("1", at(at)).jobId());
        }
        assertThat(all(Shelf.DELAYED, 7))
                .containsExactlyInAnyOrderElementsOf(ids)
                .doesNotHaveDuplicates();
    }

    @Test
    void aPageGoesOnBehindAJobThatIsGone() {
        List<String> ids = new ArrayList<>();
        Instant at = Instant.now().plus(LONG);
        for (int i = 0; i < 10; i++) {
            ids.add(harness.enqueue("1", at(at)).jobId());
        }
        Page first = page(Shelf.DELAYED, "", 4);
        String last = first.jobs().get(3).job().id();
        await(harness.jobAdmin.delete(last));
        Page second = page(Shelf.DELAYED, first.next(), 200);
        assertThat(second.jobs()).hasSize(6).noneMatch(found -> found.job().id().equals(last));
        assertThat(second.next()).isEmpty();
    }

    @Test
    void deadJobsComeLatestFirstAndFromATimeOn() {
        QueueConsumer worker = harness.worker("w1");
        List<String> ids = enqueue(5, JobOptions.DEFAULT);
        for (int i = 0; i < 5; i++) {
            await(worker.bury(harness.claimOne(worker), "hopeless " + i));
        }
        List<String> latestFirst = all(Shelf.DEAD, 2);
        assertThat(latestFirst).containsExactlyInAnyOrderElementsOf(ids);
        List<Found> dead = page(Shelf.DEAD, "", 200).jobs();
        assertThat(dead).isSortedAccordingTo((a, b) -> Long.compare(b.atMs(), a.atMs()));
        assertThat(dead.get(0).job().error()).startsWith("hopeless");
        assertThat(page(Shelf.DEAD, Long.toString(dead.get(4).atMs() - 1), 200).jobs())
                .isEmpty();
        assertThat(page(Shelf.DEAD, Long.toString(dead.get(0).atMs()), 200).jobs())
                .hasSize(5);
    }

    @Test
    void aCallLooksAtABoundedNumberOfBytes() {
        String large = "\"" + "x".repeat(200_000) + "\"";
        for (int i = 0; i < 6; i++) {
            harness.enqueue(large, JobOptions.DEFAULT.withDelay(LONG));
        }
        Page page = page(Shelf.DELAYED, "", 200);
        assertThat(page.jobs()).hasSize(3);
        assertThat(page.next()).isNotEmpty();
        assertThat(all(Shelf.DELAYED, 200)).hasSize(6);
    }

    @Test
    void retryingJobsAreToldFromScheduledOnes() {
        enqueue(3, JobOptions.DEFAULT.withDelay(LONG));
        harness.enqueue("1");
        QueueConsumer worker = harness.worker("w1");
        await(worker.retryLater(harness.claimOne(worker), LONG, "failed"));
        JobBrowser.DelayedSample sample = await(browser.delayed(QueueHarness.QUEUE, 0));
        assertThat(sample).isEqualTo(new JobBrowser.DelayedSample(4, 4, 1));
    }

    @Test
    void parentsThatWaitAreFound() {
        enqueue(30, JobOptions.DEFAULT.withDelay(LONG));
        String parent = await(harness.queue.enqueueFamily(new Family(
                        QueueHarness.job("test.work", "1", JobOptions.DEFAULT),
                        List.of(QueueHarness.job("test.work", "2", JobOptions.DEFAULT)),
                        Family.OnChildFailure.FAIL)))
                .get(0)
                .jobId();
        List<String> found = new ArrayList<>();
        String from = "";
        do {
            Page page = page(Shelf.AWAITING_CHILDREN, from, 10);
            page.jobs().forEach(job -> found.add(job.job().id()));
            from = page.next();
        } while (!from.isEmpty());
        assertThat(found).containsExactly(parent);
        assertThat(reasonsOf(parent).where()).isEqualTo(Where.CHILDREN);
        assertThat(reasonsOf(parent).children()).isEqualTo(1);
    }

    @Test
    void aJobInLineKnowsHowManyGoFirst() {
        enqueue(2, JobOptions.DEFAULT.withPriority(9));
        List<String> ids = enqueue(250, JobOptions.DEFAULT);
        Reasons third = reasonsOf(ids.get(3));
        assertThat(third.where()).isEqualTo(Where.READY);
        assertThat(third.ahead()).isEqualTo(5);
        assertThat(third.aheadMore()).isFalse();
        Reasons last = reasonsOf(ids.get(249));
        assertThat(last.ahead()).isEqualTo(202);
        assertThat(last.aheadMore()).isTrue();
    }

    @Test
    void aJobBehindItsGroupKnowsWhoGoesFirst() {
        QueuePolicy grouped =
                QueuePolicy.defaults(QueueHarness.QUEUE).withGroups(new QueuePolicy.GroupPolicy(1, Optional.empty()));
        use(grouped);
        look(grouped);
        List<String> ids = enqueue(4, JobOptions.DEFAULT.withGroup("g"));
        assertThat(all(Shelf.BEHIND_GROUP, 1)).isEqualTo(ids.subList(1, 4));
        Reasons reasons = reasonsOf(ids.get(3));
        assertThat(reasons.where()).isEqualTo(Where.BEHIND_GROUP);
        assertThat(reasons.group().inside()).isEqualTo(1);
        assertThat(reasons.group().before()).isEqualTo(2);
        assertThat(reasons.group().first()).isEqualTo(ids.subList(1, 3));
    }

    @Test
    void aJobThatHasMovedOnHasNoReasons() {
        harness.enqueue("1");
        QueueConsumer worker = harness.worker("w1");
        ClaimedJob job = harness.claimOne(worker);
        JobView seen = harness.find(job.id()).orElseThrow();
        assertThat(await(waiting.reasons(seen)).map(Reasons::where)).contains(Where.NOWHERE);
        harness.finish(worker, job);
        assertThat(await(waiting.reasons(seen))).isEmpty();
    }
}
