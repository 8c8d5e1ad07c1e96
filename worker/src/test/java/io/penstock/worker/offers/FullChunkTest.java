package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.Outcome;
import io.penstock.common.job.UnrecoverableJobException;
import io.penstock.common.offers.FullChunk;
import io.penstock.common.offers.SweepProgress;
import io.penstock.worker.offers.TestFeed.Answer;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** One chunk, run by hand. */
@Tag("quarkus")
@QuarkusTest
class FullChunkTest extends OffersTest {

    private static final FullChunk CHUNK = new FullChunk("s", 501, 506, 1, "Active");

    @Inject
    FullChunkHandler handler;

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
    void neverTouchesTheConversionList() {
        sweepRows("s", 501, 506);
        sql("INSERT INTO conversion_list (offer_id) VALUES ('p501-2'), ('gone')");

        run(1);

        assertThat(texts("SELECT offer_id FROM conversion_list ORDER BY offer_id"))
                .containsExactly("gone", "p501-2");
    }
}
