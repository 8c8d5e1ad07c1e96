package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.diagnostics.DiagnosticsJobs;
import io.penstock.common.diagnostics.Fail;
import io.penstock.common.diagnostics.Ping;
import io.penstock.common.diagnostics.Sleep;
import io.penstock.common.figures.FigureNames;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.testing.ServersResource;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerState;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A whole worker process on a real Redis. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class WorkerTest {

    private static final JobOptions QUICK_RETRY =
            JobOptions.DEFAULT.withRetry(RetryPolicy.fixed(Duration.ofMillis(20)));

    @Inject
    JobEnqueuer jobs;

    @Inject
    JobQueue queue;

    @Inject
    Worker worker;

    @Inject
    WorkerBoard board;

    private static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(10));
    }

    private JobView awaitState(String id, JobState state) {
        await().atMost(Duration.ofSeconds(15)).until(() -> get(queue.find(id))
                .map(JobView::state)
                .filter(state::equals)
                .isPresent());
        return get(queue.find(id)).orElseThrow();
    }

    @Test
    void showsThatItLivesAndObeysWithinAMoment() {
        await().atMost(Duration.ofSeconds(15)).until(() -> seen().isPresent());
        LiveWorker shown = seen().orElseThrow();
        assertThat(shown.profile().types()).contains("diagnostics.ping");
        assertThat(shown.profile().serves("cleanup")).isTrue();
        assertThat(shown.state().activity()).isEqualTo(WorkerState.RUNNING);

        assertThat(get(board.order(worker.id(), WorkerOrder.QUIET))).isTrue();
        try {
            await().atMost(Duration.ofSeconds(10)).until(() -> activity().equals(WorkerState.QUIET));
        } finally {
            get(board.order(worker.id(), WorkerOrder.RESUME));
        }
        await().atMost(Duration.ofSeconds(10)).until(() -> activity().equals(WorkerState.RUNNING));
        String id = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping())).jobId();
        awaitState(id, JobState.COMPLETED);
    }

    @Test
    void whatItDoesIsAddedUp() {
        String id = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping())).jobId();
        awaitState(id, JobState.COMPLETED);
        String name = FigureNames.completed(DiagnosticsJobs.PING.queue());
        Instant from = Instant.now().minusSeconds(120);
        await().atMost(Duration.ofSeconds(15))
                .until(() -> get(board.figures(from, 24)).stream()
                        .anyMatch(step -> step.getOrDefault(name, 0L) > 0));
    }

    private Optional<LiveWorker> seen() {
        return get(board.find(worker.id()));
    }

    private String activity() {
        return seen().orElseThrow().state().activity();
    }

    @Test
    void runsAReactiveJobAndKeepsItsResult() {
        String id = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping())).jobId();

        JobView done = awaitState(id, JobState.COMPLETED);

        assertThat(done.result()).isEqualTo("\"pong\"");
        assertThat(done.worker()).isEqualTo(worker.id());
        assertThat(done.attempts()).isEqualTo(1);
    }

    @Test
    void retriesABlockingJobUntilItSucceeds() {
        String id = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(2, false), QUICK_RETRY))
                .jobId();

        JobView done = awaitState(id, JobState.COMPLETED);

        assertThat(done.attempts()).isEqualTo(3);
        assertThat(done.result()).isEqualTo("\"succeeded on attempt 3\"");
    }

    @Test
    void buriesAJobAfterItsLastAttemptWithTheReason() {
        String id = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(100, false), QUICK_RETRY))
                .jobId();

        JobView dead = awaitState(id, JobState.DEAD);

        assertThat(dead.attempts()).isEqualTo(3);
        assertThat(dead.error())
                .startsWith("attempt 3 of 3: asked to fail 100 times")
                .contains("FailHandler");
    }

    @Test
    void buriesAnUnrecoverableJobAtOnce() {
        String id = get(jobs.enqueue(DiagnosticsJobs.FAIL, new Fail(0, true))).jobId();

        assertThat(awaitState(id, JobState.DEAD).error()).isEqualTo("asked to fail for good");
    }

    @Test
    void timesOutAnAttemptThatTakesTooLong() {
        JobOptions once = JobOptions.DEFAULT.withAttempts(1).withTimeout(Duration.ofMillis(100));
        String id = get(jobs.enqueue(DiagnosticsJobs.SLEEP, new Sleep(60_000), once))
                .jobId();

        assertThat(awaitState(id, JobState.DEAD).error()).isEqualTo("attempt 1 of 1: timed out after 100 ms");
    }

    @Test
    void startsADelayedJobWhenItIsDue() {
        JobOptions delayed = JobOptions.DEFAULT.withDelay(Duration.ofMillis(300));
        String id = get(jobs.enqueue(DiagnosticsJobs.PING, new Ping(), delayed)).jobId();
        assertThat(get(queue.find(id)).orElseThrow().state()).isEqualTo(JobState.SCHEDULED);

        awaitState(id, JobState.COMPLETED);
    }

    @Test
    void buriesAJobWhosePayloadDoesNotParse() {
        NewJob broken =
                new NewJob("diagnostics.sleep", "diagnostics", "{\"ms\":", 1, JobOptions.DEFAULT, Optional.empty());
        String id = get(queue.enqueue(broken)).jobId();

        assertThat(awaitState(id, JobState.DEAD).error()).contains("the payload does not parse");
    }

    @Test
    void leavesAJobWithoutHandlerToOthersAndUsesNoAttempt() {
        NewJob unknown = new NewJob("not.yet.known", "diagnostics", "{}", 1, JobOptions.DEFAULT, Optional.empty());
        String id = get(queue.enqueue(unknown)).jobId();

        JobView put = awaitState(id, JobState.SCHEDULED);

        assertThat(put.attempts()).isZero();
        assertThat(put.error()).contains("no handler for not.yet.known");
    }

    @Test
    void runsManyJobsAndLosesNone() {
        long before = get(queue.status("diagnostics")).completed();
        List<JobEnqueuer.Item<Ping>> bulk = IntStream.range(0, 1000)
                .mapToObj(i -> new JobEnqueuer.Item<>(new Ping(), JobOptions.DEFAULT.withPriority(i % 11)))
                .toList();

        List<Enqueued> answers = get(jobs.enqueueAll(DiagnosticsJobs.PING, bulk));

        assertThat(answers).allMatch(Enqueued::added);
        await().atMost(Duration.ofSeconds(20))
                .until(() -> get(queue.status("diagnostics")).completed() >= before + 1000);
        await().until(() -> get(queue.status("diagnostics")).active() == 0);
    }

    @Test
    void answersALiveIdOnceAndRunsItAgainAfterwards() {
        JobOptions sameId = JobOptions.DEFAULT.withId("once-" + UUID.randomUUID());
        Enqueued first = get(jobs.enqueue(DiagnosticsJobs.SLEEP, new Sleep(300), sameId));
        Enqueued second = get(jobs.enqueue(DiagnosticsJobs.SLEEP, new Sleep(300), sameId));

        assertThat(first.added()).isTrue();
        assertThat(second.added()).isFalse();
        awaitState(first.jobId(), JobState.COMPLETED);
        assertThat(get(jobs.enqueue(DiagnosticsJobs.SLEEP, new Sleep(0), sameId))
                        .added())
                .isTrue();
    }
}
