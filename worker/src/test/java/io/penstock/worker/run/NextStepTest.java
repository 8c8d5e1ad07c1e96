package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.queue.ClaimedJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NextStepTest {

    private final RandomGenerator random = new Random(1);

    private static ClaimedJob job(int failedAttempts) {
        return TestJobs.claimed("id", failedAttempts);
    }

    @Test
    void completesWithTheResult() {
        assertThat(NextStep.afterOutcome(job(0), Outcome.completed("x"), random))
                .isEqualTo(new NextStep.Done("x", List.of()));
    }

    @Test
    void retriesWithTheDelayOfThePolicy() {
        assertThat(NextStep.afterOutcome(job(0), Outcome.retryLater("why"), random))
                .isEqualTo(new NextStep.Retry(Duration.ofSeconds(1), "why"));
        assertThat(NextStep.afterOutcome(job(1), Outcome.retryLater("why"), random))
                .isEqualTo(new NextStep.Retry(Duration.ofSeconds(2), "why"));
    }

    @Test
    void retriesAfterTheDelayTheHandlerAsksFor() {
        Outcome later = new Outcome.RetryLater(Duration.ofMinutes(5), "why");

        assertThat(NextStep.afterOutcome(job(0), later, random))
                .isEqualTo(new NextStep.Retry(Duration.ofMinutes(5), "why"));
    }

    @Test
    void buriesAfterTheLastAttempt() {
        assertThat(NextStep.afterOutcome(job(2), Outcome.retryLater("why"), random))
                .isEqualTo(new NextStep.Bury("attempt 3 of 3: why"));
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
        assertThat(NextStep.afterOutcome(job(0), Outcome.fail("no use"), random))
                .isEqualTo(new NextStep.Bury("no use"));
        assertThat(NextStep.afterFailure(job(0), new UnrecoverableJobException("no use"), random))
                .isInstanceOf(NextStep.Bury.class);
    }

    @Test
    void putsOffWithoutUsingAnAttemptEvenOnTheLastOne() {
        NextStep.Snooze expected = new NextStep.Snooze(Duration.ofSeconds(3), "no token");

        assertThat(NextStep.afterOutcome(job(2), Outcome.snooze(Duration.ofSeconds(3), "no token"), random))
                .isEqualTo(expected);
        assertThat(NextStep.afterFailure(job(2), new SnoozeException(Duration.ofSeconds(3), "no token"), random))
                .isEqualTo(expected);
    }

    @Test
    void callsTheBranchOfEachStepAlone() {
        List<NextStep> steps = List.of(
                new NextStep.Done("x", List.of()),
                new NextStep.Retry(Duration.ofSeconds(1), "why"),
                new NextStep.Snooze(Duration.ofSeconds(1), "why"),
                new NextStep.Bury("why"),
                new NextStep.Cancelled(true, "why"));

        for (NextStep step : steps) {
            List<NextStep> called = new ArrayList<>();
            step.apply(new NextStep.Cases() {
                @Override
                public void done(NextStep.Done done) {
                    called.add(done);
                }

                @Override
                public void retry(NextStep.Retry retry) {
                    called.add(retry);
                }

                @Override
                public void snooze(NextStep.Snooze snooze) {
                    called.add(snooze);
                }

                @Override
                public void bury(NextStep.Bury bury) {
                    called.add(bury);
                }

                @Override
                public void cancelled(NextStep.Cancelled cancelled) {
                    called.add(cancelled);
                }
            });
            assertThat(called).singleElement().isSameAs(step);
        }
    }
}
