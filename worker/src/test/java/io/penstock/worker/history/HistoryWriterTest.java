package io.penstock.worker.history;

import static io.penstock.common.testing.PostgresFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.event.JobEvent;
import io.penstock.common.history.HistoryQueries;
import io.penstock.common.history.HistoryRow;
import io.penstock.common.history.HistoryTime;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.job.FailureKind;
import io.penstock.common.testing.PostgresFixture;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("slow")
class HistoryWriterTest {

    private static final Duration RAN = Duration.ofSeconds(2);

    private final PostgresFixture postgres = new PostgresFixture();
    private final HistoryHarness history = new HistoryHarness(
            postgres, 1_000, new HistoryWriter.Settings(100, Duration.ofMillis(20), Duration.ofSeconds(10)));

    @AfterEach
    void close() {
        history.close();
        postgres.close();
    }

    private void completed(String queue, String id, String result) {
        history.recorder.on(
                new JobEvent.Completed(queue, history.job(id, "{\"secret\":1}"), Duration.ZERO, RAN, result));
    }

    private void failed(String queue, String id, String error) {
        history.recorder.on(
                new JobEvent.AttemptFailed(queue, history.job(id, "{}"), RAN, Duration.ZERO, error, FailureKind.ERROR));
    }

    private void died(String queue, String id, String reason) {
        history.recorder.on(new JobEvent.Died(queue, history.job(id, "{}"), RAN, reason, FailureKind.TIMEOUT));
    }

    private void awaitWritten() {
        history.writer.whenEmpty().orTimeout(10, TimeUnit.SECONDS).join();
        assertThat(history.buffer.size()).isZero();
    }

    private HistoryRow rowOf(String id) {
        HistoryTime time = HistoryTime.of(null, null, history.now, HistoryTime.DEFAULT);
        return await(new HistoryQueries(postgres.pool(), Duration.ofSeconds(5)).latest(id, time))
                .orElseThrow();
    }

    private List<String> ids() {
        return postgres.sql("SELECT job_id FROM job_history ORDER BY job_id").stream()
                .map(row -> row.getString(0))
                .toList();
    }

    @Test
    void tellsWhenNothingWaitsAndNotBefore() {
        HistoryHarness slow = new HistoryHarness(
                postgres, 1_000, new HistoryWriter.Settings(100, Duration.ofHours(1), Duration.ofSeconds(10)));
        assertThat(slow.writer.whenEmpty()).succeedsWithin(Duration.ofSeconds(5));
        slow.recorder.on(new JobEvent.Completed(HistoryHarness.ALL, slow.job("one", "{}"), Duration.ZERO, RAN, null));
        CompletableFuture<Integer> left = slow.writer.whenEmpty().thenApply(empty -> slow.buffer.size());
        assertThat(left).isNotDone();

        slow.close();

        assertThat(left).succeedsWithin(Duration.ofSeconds(5)).isEqualTo(0);
        assertThat(ids()).containsExactly("one");
    }

    @Test
    void writesWhatAPolicyKeepsAndNothingElse() {
        for (String queue : List.of(HistoryHarness.ALL, HistoryHarness.FAILURES, HistoryHarness.NONE, "unknown")) {
            completed(queue, queue + "-completed", "1");
            failed(queue, queue + "-failed", "no");
            died(queue, queue + "-dead", "no");
            history.recorder.on(new JobEvent.Snoozed(queue, history.job(queue + "-snoozed", "{}"), RAN, RAN, "later"));
        }
        awaitWritten();

        assertThat(ids())
                .containsExactly(
                        "keeps-all-completed",
                        "keeps-all-dead",
                        "keeps-all-failed",
                        "keeps-failures-dead",
                        "keeps-failures-failed",
                        "unknown-dead",
                        "unknown-failed");
    }

    @Test
    void aRowTellsWhenAndHowLong() {
        completed(HistoryHarness.ALL, "j1", "{\"n\":1}");
        awaitWritten();

        HistoryRow row = rowOf("j1");
        assertThat(row.endedAt()).isEqualTo(history.now);
        assertThat(row.startedAt()).isEqualTo(history.now.minus(RAN));
        assertThat(row.waitMs()).isEqualTo(3_000);
        assertThat(row.runMs()).isEqualTo(2_000);
        assertThat(row.worker()).isEqualTo("w1");
        assertThat(row.result()).isEqualTo("{\"n\": 1}");
        assertThat(row.payload()).isNull();
        assertThat(row.shortened()).isFalse();
        assertThat(row.tenant()).isEqualTo("acme");
        assertThat(row.group()).isEqualTo("shop-1");
        assertThat(row.tags()).containsExactly("eu", "big");
    }

    @Test
    void jobsThatWereCalledOffOrNotStartedInTimeAreTold() {
        history.recorder.on(new JobEvent.Cancelled(HistoryHarness.FAILURES, history.job("c1", "{}"), RAN, true));
        history.recorder.on(new JobEvent.Expired(HistoryHarness.FAILURES, history.job("x1", "{}")));
        awaitWritten();

        assertThat(rowOf("c1").state()).isEqualTo("cancelled");
        assertThat(rowOf("c1").attempt()).isEqualTo(1);
        assertThat(rowOf("x1").state()).isEqualTo("expired");
        assertThat(rowOf("x1").attempt()).isZero();
        assertThat(rowOf("x1").startedAt()).isNull();
        assertThat(rowOf("x1").runMs()).isNull();
    }

    @Test
    void payloadsAreKeptOnlyWhereTheQueueSaysSo() {
        completed(HistoryHarness.PAYLOADS, "j1", null);
        awaitWritten();

        assertThat(rowOf("j1").payload()).isEqualTo("{\"secret\": 1}");
    }

    @Test
    void whatIsSecretInAPayloadIsNotKept() {
        history.recorder.on(new JobEvent.Completed(
                HistoryHarness.PAYLOADS, history.job("j2", "{\"a\":1,\"card\":\"4111\"}"), Duration.ZERO, RAN, null));
        awaitWritten();

        assertThat(rowOf("j2").payload()).isEqualTo("{\"a\": 1, \"card\": \"***\"}");
    }

    @Test
    void whatIsTooLongIsShortenedOrLeftOutAndSaysSo() {
        failed(HistoryHarness.ALL, "error", "x".repeat(1_000_000));
        completed(HistoryHarness.ALL, "result", "\"" + "x".repeat(100) + "\"");
        awaitWritten();

        assertThat(rowOf("error").error()).hasSize(8_192);
        assertThat(rowOf("error").shortened()).isTrue();
        assertThat(rowOf("result").result()).isNull();
        assertThat(rowOf("result").shortened()).isTrue();
    }

    @Test
    void theKindOfAFailureIsWritten() {
        failed(HistoryHarness.ALL, "f1", "broken");
        died(HistoryHarness.ALL, "d1", "too slow");
        completed(HistoryHarness.ALL, "c1", "1");
        awaitWritten();

        assertThat(rowOf("f1").failureKind()).isEqualTo(FailureKind.ERROR);
        assertThat(rowOf("d1").failureKind()).isEqualTo(FailureKind.TIMEOUT);
        assertThat(rowOf("c1").failureKind()).isNull();
    }

    @Test
    void hostileTextIsWritten() {
        failed(HistoryHarness.ALL, "e1", "a\0b\uD83D<script>");
        completed(HistoryHarness.ALL, "r1", "\"\\u0000\\ud800\0\"");
        awaitWritten();

        assertThat(rowOf("e1").error()).isEqualTo("a\uFFFDb\uFFFD<script>");
        assertThat(rowOf("r1").result()).isEqualTo("\"\uFFFD\uFFFD\uFFFD\"");
    }

    @Test
    void aRowThatPostgresDoesNotTakeKeepsNoOtherBack() {
        for (int i = 0; i < 50; i++) {
            // A number that JSON allows and jsonb does not.
            completed(HistoryHarness.ALL, "j" + i, i == 17 ? "1e400000" : "1");
        }
        awaitWritten();

        assertThat(history.rows()).isEqualTo(50);
        assertThat(rowOf("j17").result()).isNull();
        assertThat(rowOf("j17").shortened()).isTrue();
        assertThat(rowOf("j18").result()).isEqualTo("1");
    }

    @Test
    void anErrorTextThatMatchesNothingSimplyIsWritten() {
        failed(HistoryHarness.ALL, "slashes", "remote failed\n\tat " + "/".repeat(1_700));
        failed(HistoryHarness.ALL, "after", "no");
        awaitWritten();

        assertThat(ids()).containsExactly("after", "slashes");
    }

    /** P0001 stands for all states that nobody foresaw. */
    @Test
    void aRowThatFailsForAnUnknownReasonIsSetAsideAndKeepsNoOtherBack() {
        refuse("job_id = 'j17'", "P0001");
        for (int i = 0; i < 50; i++) {
            completed(HistoryHarness.ALL, "j" + i, "1");
        }
        awaitWritten();

        assertThat(history.rows()).isEqualTo(49);
        assertThat(ids()).doesNotContain("j17").contains("j16", "j18");
        assertThat(history.registry.get("penstock.history.refused").counter().count())
                .isEqualTo(1);
    }

    @Test
    void rowsWaitWhileNoneCanBeWrittenForAnUnknownReason() {
        refuse("true", "P0001");
        for (int i = 0; i < 50; i++) {
            completed(HistoryHarness.ALL, "j" + i, "1");
        }
        awaitFailedFlushes(2);
        assertThat(history.buffer.size()).isEqualTo(50);

        accept();
        awaitWritten();

        assertThat(history.rows()).isEqualTo(50);
        assertThat(history.registry.get("penstock.history.refused").counter().count())
                .isZero();
    }

    /** An error while a row is put into a statement, as the fingerprint of its text once threw one. */
    @Test
    void aRowThatThrowsWhileItIsEncodedKeepsNoOtherBack() {
        HistoryRow good = rows("good", 1).get(0);
        JobHistoryStore store = new JobHistoryStore(postgres.pool(), history.partitions, Duration.ofSeconds(5)) {
            @Override
            public Uni<Integer> append(List<HistoryRow> rows) {
                if (rows.stream().anyMatch(row -> row.jobId().equals("bad-0"))) {
                    throw new StackOverflowError();
                }
                return super.append(rows);
            }
        };
        List<HistoryRow> batch = new ArrayList<>(rows("bad", 1));
        batch.addAll(List.of(good));
        batch.addAll(rows("more", 30));

        int written =
                await(new BatchWrite(store, new HistoryMeters(new SimpleMeterRegistry(), history.buffer), () -> {})
                        .write(batch));

        assertThat(written).isEqualTo(31);
        assertThat(ids()).hasSize(31).contains("good-0").doesNotContain("bad-0");
    }

    @Test
    void aWriterThatGetsNowhereIsStuckAndOneThatWaitsForPostgresIsNot() {
        assertThat(history.writer.stuckLoops(Duration.ZERO)).isEmpty();
        refuse("true", "P0001");
        completed(HistoryHarness.ALL, "j1", "1");

        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> !history.writer
                .stuckLoops(Duration.ofMillis(-4_000))
                .isEmpty());
        assertThat(history.writer.stuckLoops(Duration.ofMillis(-4_000)).get(0).mayBeRedis())
                .isTrue();

        accept();
        awaitWritten();
        assertThat(history.writer.stuckLoops(Duration.ZERO)).isEmpty();
    }

    /** As the recorder makes them. */
    private List<HistoryRow> rows(String name, int count) {
        HistoryBuffer made = new HistoryBuffer(count, Long.MAX_VALUE);
        HistoryRecorder recorder = history.recorderInto(made);
        for (int i = 0; i < count; i++) {
            recorder.on(new JobEvent.Completed(
                    HistoryHarness.ALL, history.job(name + "-" + i, "{}"), Duration.ZERO, RAN, "1"));
        }
        return made.oldest(count);
    }

    private void refuse(String condition, String state) {
        postgres.sql(
                """
                CREATE FUNCTION refuse_history() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN RAISE EXCEPTION 'refused for a test' USING ERRCODE = '%s'; END $$"""
                        .formatted(state));
        postgres.sql(
                "CREATE TRIGGER refuse BEFORE INSERT ON job_history FOR EACH ROW WHEN (%s) EXECUTE FUNCTION refuse_history()"
                        .formatted(condition.replace("job_id", "NEW.job_id")));
    }

    private void accept() {
        postgres.sql("DROP TRIGGER refuse ON job_history");
        postgres.sql("DROP FUNCTION refuse_history()");
    }

    private void awaitFailedFlushes(int count) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> history.registry
                                .get("penstock.history.failed.flushes")
                                .counter()
                                .count()
                        >= count);
    }

    @Test
    void midnightUtcBeginsANewDay() {
        HistoryKeeper keeper = new HistoryKeeper(
                postgres.vertx(), history.partitions, 0, Duration.ofDays(30), Duration.ofHours(1), history.clock);
        history.now = Instant.parse("2026-11-22T23:59:59.999999Z");
        await(keeper.runOnce());
        completed(HistoryHarness.ALL, "last", null);
        history.now = Instant.parse("2026-11-23T00:00:00Z");
        // The keeper has not come round yet: the row makes its day.
        completed(HistoryHarness.ALL, "first", null);
        awaitWritten();

        assertThat(await(history.partitions.days()))
                .containsExactly(LocalDate.of(2026, 11, 22), LocalDate.of(2026, 11, 23));
        List<Row> rows = postgres.sql("SELECT job_id, tableoid::regclass::text FROM job_history ORDER BY ended_at");
        assertThat(rows.get(0).getString(1)).isEqualTo("job_history_20261122");
        assertThat(rows.get(1).getString(1)).isEqualTo("job_history_20261123");
    }

    @Test
    void theKeeperMakesTheDaysToComeAndDropsTheOldOnes() {
        HistoryKeeper keeper = new HistoryKeeper(
                postgres.vertx(), history.partitions, 2, Duration.ofDays(3), Duration.ofHours(1), history.clock);
        await(keeper.runOnce());
        completed(HistoryHarness.ALL, "old", null);
        awaitWritten();
        LocalDate first = LocalDate.of(2026, 11, 22);
        assertThat(await(history.partitions.days())).containsExactly(first, first.plusDays(1), first.plusDays(2));

        history.now = history.now.plus(Duration.ofDays(3));
        assertThat(await(keeper.runOnce())).isEmpty();
        history.now = history.now.plus(Duration.ofDays(1));
        assertThat(await(keeper.runOnce())).containsExactly(first);

        assertThat(history.rows()).isZero();
        assertThat(await(history.partitions.days())).contains(first.plusDays(1), first.plusDays(6));
    }

    @Test
    void metersTellWhatWasWritten() {
        for (int i = 0; i < 250; i++) {
            completed(HistoryHarness.ALL, "j" + i, null);
        }
        awaitWritten();

        assertThat(history.registry.get("penstock.history.written").counter().count())
                .isEqualTo(250);
        assertThat(history.registry.get("penstock.history.flush").timer().count())
                .isGreaterThanOrEqualTo(3);
        assertThat(history.registry.get("penstock.history.buffered").gauge().value())
                .isZero();
        assertThat(history.registry.get("penstock.history.lag").gauge().value()).isZero();
    }

    @Test
    void aStopWritesWhatWaits() {
        HistoryHarness slow = new HistoryHarness(
                postgres, 1_000, new HistoryWriter.Settings(100, Duration.ofHours(1), Duration.ofSeconds(10)));
        slow.recorder.on(new JobEvent.Completed(HistoryHarness.ALL, slow.job("last", "{}"), RAN, RAN, null));
        assertThat(slow.rows()).isZero();

        slow.close();

        assertThat(slow.rows()).isEqualTo(1);
    }
}
