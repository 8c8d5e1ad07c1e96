package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.FailureKind;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NextStepTest {

    private final RandomGenerator random = new Random(1);

    private static ClaimedJob job(int failedAttempts) {
        return TestJobs.claimed("id", failedAttempts);
    }

    private NextStep after(ClaimedJob job, Outcome outcome) {
        return NextStep.afterOutcome(
                job, outcome, done -> new NextStep.Complete(String.valueOf(done.result()), List.of()), random);
    }

    @Test
    void completesWithTheResult() {
        assertThat(after(job(0), Outcome.completed("x"))).isEqualTo(new NextStep.Complete("x", List.of()));
    }

    @Test
    void retriesWithTheDelayOfThePolicy() {
        assertThat(after(job(0), Outcome.retryLater("why")))
                .isEqualTo(new NextStep.Retry(Duration.ofSeconds(1), "why"));
        assertThat(after(job(1), Outcome.retryLater("why")))
                .isEqualTo(new NextStep.Retry(Duration.ofSeconds(2), "why"));
    }

    @Test
    void retriesAfterTheDelayTheHandlerAsksFor() {
        Outcome later = new Outcome.RetryLater(Duration.ofMinutes(5), "why");

        assertThat(after(job(0), later)).isEqualTo(new NextStep.Retry(Duration.ofMinutes(5), "why"));
    }

    @Test
    void buriesAfterTheLastAttempt() {
        assertThat(after(job(2), Outcome.retryLater("why"))).isEqualTo(new NextStep.Bury("attempt 3 of 3: why"));
        assertThat(NextStep.afterFailure(job(2), new IllegalStateException("boom"), random))
                .isInstanceOfSatisfying(
                        NextStep.Bury.class, bury -> assertThat(bury.reason()).startsWith("attempt 3 of 3: boom\n"));
    }

    @Test
    void countsAnExceptionAsAFailedAttemptAndKeepsItsStack() {
        assertThat(NextStep.afterFailure(job(0), new IllegalStateException("boom"), random))
                .isInstanceOfSatisfying(NextStep.Retry.class, retry -> assertThat(retry.error())
                        .startsWith("boom\njava.lang.IllegalStateException: boom")
                        .contains("NextStepTest"));
    }

    @Test
    void buriesWhatIsUnrecoverableAtOnce() {
        assertThat(after(job(0), Outcome.fail("no use"))).isEqualTo(new NextStep.Bury("no use"));
        assertThat(NextStep.afterFailure(job(0), new UnrecoverableJobException("no use"), random))
                .isInstanceOf(NextStep.Bury.class);
    }

    @Test
    void putsOffWithoutUsingAnAttemptEvenOnTheLastOne() {
        NextStep.Snooze expected = new NextStep.Snooze(Duration.ofSeconds(3), "no token");

        assertThat(after(job(2), Outcome.snooze(Duration.ofSeconds(3), "no token")))
                .isEqualTo(expected);
        assertThat(NextStep.afterFailure(job(2), new SnoozeException(Duration.ofSeconds(3), "no token"), random))
                .isEqualTo(expected);
    }

    @Test
    void aTimeOutIsAKindOfFailure() {
        assertThat(NextStep.afterTimeout(job(0), random))
                .isEqualTo(new NextStep.Retry(
                        Duration.ofSeconds(1),
                        "timed out after " + job(0).timeout().toMillis() + " ms",
                        FailureKind.TIMEOUT));
        assertThat(NextStep.afterTimeout(job(2), random))
                .isInstanceOfSatisfying(
                        NextStep.Bury.class, bury -> assertThat(bury.kind()).isEqualTo(FailureKind.TIMEOUT));
    }

    @Test
    void aCancelledOneIsDropped() {
        assertThat(after(job(0), Outcome.cancelled()))
                .isEqualTo(new NextStep.Drop(Dropped.CANCELLED, "its handler stopped"));
    }

    @Test
    void aFailureWithoutAnExceptionIsOneAllTheSame() {
        assertThat(NextStep.afterFailure(job(0), null, random))
                .isEqualTo(new NextStep.Retry(Duration.ofSeconds(1), "failed without an exception"));
    }
}
