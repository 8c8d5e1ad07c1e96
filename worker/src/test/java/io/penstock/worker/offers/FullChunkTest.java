package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchJobs;
import io.penstock.common.batch.BatchKeep;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStatus;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.Batches;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.offers.SweepProgress;
import io.penstock.common.queue.JobAdmin;
import io.penstock.worker.offers.TestFeed.Answer;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One chunk, run by hand. */
@Tag("quarkus")
@QuarkusTest
class FullChunkTest extends OffersTest {

    private static final FullChunk CHUNK = new FullChunk("s", 501, 506, 1, "Active");

    @Inject
    FullChunkHandler handler;

    @Inject
    Batches batches;

    @Inject
    BatchStore batchStore;

    @Inject
    JobAdmin admin;

    private Outcome run(int attempt) {
        return get(handler.handle(CHUNK, new Context("full-501-506", attempt, 3)));
    }

    private long timesAsked(int page) {
        return feed.askedPages().stream().filter(asked -> asked == page).count();
    }

    @Test
    void keepsWhatItHasWhenItIsPutOffAndGoesOnFromThere() {
        sweepRows("s", 501, 506);
        feed.failingUntil(503, 2, Answer.busy("1"));

        Outcome first = run(1);

        assertThat(first).isEqualTo(Outcome.snooze(Duration.ofSeconds(1), "offers answered HTTP 429"));
        assertThat(feed.askedPages()).containsExactly(501, 502, 503);
        assertThat(progress("s").pagesDone()).isEqualTo(2);
        assertThat(count("SELECT count(*) FROM offers")).isEqualTo(4);

        Outcome again = untilNotPutOff();

        assertThat(again).isEqualTo(Outcome.completed(new ChunkOutcome.Report(4, 8)));
        assertThat(timesAsked(501)).isEqualTo(1);
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.COMPLETED);
        assertThat(progress("s").offersStored()).isEqualTo(12);
    }

    /** The guard leaves the feed alone for as long as it asked for. */
    private Outcome untilNotPutOff() {
        return await().pollInterval(Duration.ofMillis(100))
                .until(() -> run(1), outcome -> !(outcome instanceof Outcome.Snooze));
    }

    @Test
    void readsTheOtherPagesWhenOneFails() {
        sweepRows("s", 501, 506);
        feed.onPage(501, hit -> Answer.status(500));

        assertThat(run(1)).isEqualTo(new Outcome.RetryLater(null, "page 501: offers answered HTTP 500"));
        assertThat(progress("s").pagesDone()).isEqualTo(5);
        assertThat(run(2)).isInstanceOf(Outcome.RetryLater.class);
        assertThat(run(3)).isEqualTo(Outcome.fail("page 501: offers answered HTTP 500"));
        assertThat(timesAsked(501)).isEqualTo(3);
        assertThat(timesAsked(502)).isEqualTo(1);
    }

    @Test
    void triesAgainWhatWasGivenUpWhenSomeoneWantsItTo() {
        sweepRows("s", 501, 506);
        feed.onPage(501, hit -> Answer.status(404));
        assertThat(run(1)).isEqualTo(Outcome.fail("page 501: offers answered HTTP 404"));

        feed.failingUntil(501, 1, Answer.status(404));

        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(1, 2)));
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.COMPLETED);
    }

    @Test
    void asksForNoPageBehindTheLastOneItKnowsOf() {
        sweepRows("s", 501, 506);
        sql("UPDATE sweeps SET total_pages = 502");
        feed.totalPages(502);

        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(2, 4)));
        assertThat(feed.askedPages()).containsExactly(501, 502);
        assertThat(progress("s").pagesDone()).isEqualTo(6);
    }

    @Test
    void storesNothingOfAFeedThatRepeatsItsLastPage() {
        sweepRows("s", 501, 506);
        feed.totalPages(504);
        feed.onPage(505, hit -> feed.page(504, TestFeed.offerJson("p504-1", "5m")));
        feed.onPage(506, hit -> feed.page(504, TestFeed.offerJson("p504-1", "5m")));

        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(6, 8)));
    }

    @Test
    void refusesASweepNobodyStarted() {
        assertThatThrownBy(() -> run(1))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageContaining("'s'");
    }

    @Test
    void givesUpWhatIsLeftWithItsLastAttempt() {
        sweepRows("s", 501, 506);
        feed.failingUntil(501, 2, Answer.status(500));

        assertThat(run(3)).isInstanceOf(Outcome.RetryLater.class);
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.FAILED);
        assertThat(progress("s").finishedAt()).isNotNull();
        assertThat(find(batchId()).status()).isEqualTo(BatchStatus.PARTIAL_SUCCESS);

        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(1, 2)));
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.COMPLETED);
    }

    @Test
    void goesOnWhereAWorkerOfAnEarlierReleaseWas() {
        sweepRows("s", 501, 506);
        sql("INSERT INTO sweep_pages (sweep_id, page, done_at, offers_stored, skipped) VALUES"
                + " ('s', 501, now(), 5, '{\"no_id\": 1, \"field:payout\": 2}')");
        sql("INSERT INTO sweep_pages (sweep_id, page, failures, last_failure) VALUES ('s', 502, 1, 'HTML')");
        assertThat(progress("s").pagesDone()).isEqualTo(1);

        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(5, 10)));

        assertThat(feed.askedPages()).containsExactly(502, 503, 504, 505, 506);
        SweepProgress end = progress("s");
        assertThat(end.state()).isEqualTo(SweepProgress.State.COMPLETED);
        assertThat(end.pagesDone()).isEqualTo(6);
        assertThat(end.offersStored()).isEqualTo(15);
        assertThat(end.skippedByReason()).isEqualTo(Map.of("no_id", 1L));
        assertThat(end.unreadableByField()).isEqualTo(Map.of("payout", 2L));
    }

    /** It knows of no batch, and reads the pages again. */
    @Test
    void countsOnceWhatAWorkerOfAnEarlierReleaseFinishes() {
        sweepRows("s", 501, 506);
        feed.onPage(503, hit -> Answer.status(500));
        run(1);
        assertThat(progress("s").pagesDone()).isEqualTo(5);

        sql("INSERT INTO sweep_pages (sweep_id, page, done_at, offers_stored)"
                + " SELECT 's', page, now(), 2 FROM generate_series(501, 506) AS p(page)");
        sql("UPDATE sweep_chunks SET state = 'DONE', finished_at = now()");

        SweepProgress end = progress("s");
        assertThat(end.state()).isEqualTo(SweepProgress.State.COMPLETED);
        assertThat(end.pagesDone()).isEqualTo(6);
        assertThat(end.offersStored()).isEqualTo(12);
    }

    @Test
    void endsABatchThatALostRunLeftWithoutAnEnd() {
        sweepRows("s", 501, 506);
        run(1);
        sql("UPDATE batch_operations SET status = 'running', finished_at = NULL WHERE id = $1", batchId());
        sql("UPDATE batch_operation_runners SET busy = true WHERE batch_id = $1", batchId());
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.RUNNING);

        assertThat(run(1)).isInstanceOf(Outcome.Snooze.class);
        assertThat(run(1)).isEqualTo(Outcome.completed(new ChunkOutcome.Report(0, 0)));
        assertThat(feed.askedPages()).hasSize(6);
        assertThat(progress("s").offersStored()).isEqualTo(12);
    }

    @Test
    void readsNothingOnceItsBatchIsCancelled() {
        sweepRows("s", 501, 506);
        feed.onPage(501, hit -> Answer.status(500));
        run(1);

        get(batches.cancel(batchId()));

        assertThat(run(1)).isInstanceOf(Outcome.Cancelled.class);
        assertThat(timesAsked(501)).isEqualTo(1);
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.FAILED);
    }

    @Test
    void isGoneOnWithByThePlatformOnceItsJobIsGone() {
        sweepRows("s", 501, 506);
        feed.failingUntil(501, 2, Answer.status(500));
        run(1);
        get(jobs.enqueue(
                OffersJobs.FULL_CHUNK,
                CHUNK,
                JobOptions.DEFAULT.withId("full-501-506").withDelay(Duration.ofHours(1))));

        lookAfterBatches();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> count(
                                "SELECT count(*) FROM batch_operation_runners WHERE batch_id = $1 AND generation = 1"
                                        + " AND seen_at > now() - interval '30 minutes'",
                                batchId())
                        == 1);
        assertThat(find(batchId()).status()).isEqualTo(BatchStatus.RUNNING);

        get(admin.delete("full-501-506"));
        lookAfterBatches();
        assertThat(awaitEnd(batchId()).status()).isEqualTo(BatchStatus.COMPLETED);
        assertThat(feed.askedPages()).hasSize(7);
        assertThat(progress("s").state()).isEqualTo(SweepProgress.State.COMPLETED);
    }

    private void lookAfterBatches() {
        sql("UPDATE batch_operation_runners SET seen_at = now() - interval '1 hour' WHERE batch_id = $1", batchId());
        get(jobs.enqueue(BatchJobs.KEEP, new BatchKeep(), JobOptions.DEFAULT));
    }

    /** As anybody may ask for, without a sweep. */
    @Test
    void pagesAreABatchLikeAnyOther() {
        feed.failingUntil(2, 2, Answer.status(500));
        BatchSpec spec = BatchSpec.of(OffersJobs.PAGES).withRange(0, 3);

        UUID pages = get(batches.create(spec)).id();
        UUID nonsense = get(batches.create(
                        spec.withConfig(JsonNodeFactory.instance.objectNode().put("status", "Gone"))))
                .id();

        assertThat(awaitEnd(pages).counts().completed()).isEqualTo(3);
        assertThat(find(pages).result()).isEqualTo(Map.of("offers", 6L));
        assertThat(find(pages).errors()).singleElement().satisfies(kind -> assertThat(kind.sample())
                .contains("1 to 100000"));
        assertThat(timesAsked(2)).isEqualTo(2);
        assertThat(awaitEnd(nonsense).status()).isEqualTo(BatchStatus.FAILED);
    }

    private UUID batchId() {
        return sql("SELECT batch_id FROM sweep_chunks").get(0).getUUID(0);
    }

    private Batch find(UUID id) {
        return get(batchStore.find(id)).orElseThrow();
    }

    private Batch awaitEnd(UUID id) {
        await().atMost(Duration.ofSeconds(30)).until(() -> find(id).status().isEnd());
        return find(id);
    }

    @Test
    void neverTouchesTheConversionList() {
        sweepRows("s", 501, 506);
        sql("INSERT INTO conversion_list (offer_id) VALUES ('p501-2'), ('gone')");

        run(1);

        assertThat(texts("SELECT offer_id FROM conversion_list ORDER BY offer_id"))
                .containsExactly("gone", "p501-2");
    }
}
