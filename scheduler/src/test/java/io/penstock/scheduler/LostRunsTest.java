package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.schedule.ExecutionStatus;
import io.penstock.common.schedule.RunOutcome;
import io.penstock.common.schedule.TaskExecutionStore.Followed;
import io.penstock.common.testing.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Runs whose job the queue no longer knows, beside a history on a real PostgreSQL. */
class LostRunsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final PostgresFixture postgres = new PostgresFixture();
    private final JobHistoryStore store =
            new JobHistoryStore(postgres.pool(), new HistoryPartitions(postgres.pool()), DEADLINE);
    private final LostRuns lost = new LostRuns(
            new HistoryQueries(postgres.pool(), DEADLINE), queue -> HistoryPolicy.valueOf(queue.toUpperCase()));

    @AfterEach
    void close() {
        postgres.close();
    }

    private static Followed run(String queue) {
        return new Followed(7, "nightly", "nightly-1", queue, NOW.minusSeconds(60));
    }

    private List<RunOutcome> ends(Followed run, Instant now) {
        return PostgresFixture.await(lost.ends(List.of(run), now));
    }

    private void store(String state, int attempt, Instant endedAt, String error, String result) {
        HistoryRow row = HistoryRow.builder("nightly-1", "all", "test.probe", state, NOW.minusSeconds(60), endedAt)
                .attempt(attempt)
                .maxAttempts(3)
                .priority(5)
                .startedAt(endedAt.minusSeconds(2))
                .waitMs(1L)
                .runMs(2_000L)
                .worker("w1")
                .error(error)
                .result(result)
                .build();
        PostgresFixture.await(store.append(List.of(row)));
    }

    @Test
    void endsAsTheHistoryTells() {
        store("failed", 1, NOW.minusSeconds(20), "no", null);
        store("completed", 2, NOW.minusSeconds(10), null, "{\"n\": 1}");

        assertThat(ends(run("all"), NOW))
                .containsExactly(new RunOutcome(
                        7, ExecutionStatus.COMPLETED, NOW.minusSeconds(12), NOW.minusSeconds(10), "{\"n\": 1}", null));
    }

    @Test
    void aDeadJobsRunHasFailedThoughItsQueueForgotIt() {
        store("dead", 3, NOW.minusSeconds(10), "lost its worker 4 times", null);

        assertThat(ends(run("failures"), NOW)).singleElement().satisfies(end -> {
            assertThat(end.status()).isEqualTo(ExecutionStatus.FAILED);
            assertThat(end.error()).isEqualTo("lost its worker 4 times");
        });
    }

    @Test
    void aRowMayComeALittleLate() {
        assertThat(ends(run("failures"), NOW)).isEmpty();
        store("cancelled", 0, NOW, null, null);

        assertThat(ends(run("failures"), NOW.plusSeconds(1))).singleElement().satisfies(end -> {
            assertThat(end.status()).isEqualTo(ExecutionStatus.FAILED);
            assertThat(end.error()).isEqualTo("cancelled");
        });
    }

    @Test
    void noRunStaysRunningForEver() {
        assertThat(ends(run("all"), NOW)).isEmpty();
        assertThat(ends(run("all"), NOW.plus(LostRuns.PATIENCE)))
                .containsExactly(new RunOutcome(
                        7, ExecutionStatus.FAILED, null, NOW.plus(LostRuns.PATIENCE), null, LostRuns.UNKNOWN));
    }

    @Test
    void whereOnlyFailuresAreKeptAJobWithoutARowCompleted() {
        assertThat(ends(run("failures"), NOW)).isEmpty();
        assertThat(ends(run("failures"), NOW.plus(LostRuns.PATIENCE)))
                .extracting(RunOutcome::status)
                .containsExactly(ExecutionStatus.COMPLETED);
    }

    @Test
    void whereNothingIsKeptThereIsNothingToWaitFor() {
        assertThat(ends(run("none"), NOW)).extracting(RunOutcome::result).containsExactly(LostRuns.NO_RECORD);
    }

    @Test
    void aHistoryThatCannotAnswerHoldsNoRunUp() {
        postgres.sql("DROP TABLE job_history");

        assertThat(ends(run("all"), NOW)).isEmpty();
        assertThat(ends(run("all"), NOW.plus(LostRuns.PATIENCE)))
                .extracting(RunOutcome::status)
                .containsExactly(ExecutionStatus.FAILED);
    }
}
