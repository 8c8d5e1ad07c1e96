package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.JobState;
import io.penstock.common.offers.OfferQuery;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.SweepProgress;
import io.penstock.common.offers.SweepProgress.State;
import io.penstock.common.offers.SweepRequest;
import io.penstock.common.offers.SweepStart;
import io.penstock.common.queue.JobView;
import io.penstock.worker.offers.TestFeed.Answer;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whole sweeps: from the wish to the rows, through the real queue and a real worker. */
@Tag("quarkus")
@QuarkusTest
class SweepTest extends OffersTest {

    private static SweepRequest pages(int from, int count) {
        return new SweepRequest(from, count, 5, "Active");
    }

    @Test
    void storesEveryOfferOfThePagesAskedFor() {
        SweepStart start = get(sweeps.start(pages(1, 25)));

        SweepProgress end = awaitEnd(start.batchId());

        assertThat(start.jobIds()).containsExactly("full-1-10", "full-11-20", "full-21-25");
        assertThat(start.added()).isEqualTo(3);
        assertThat(end.state()).isEqualTo(State.COMPLETED);
        assertThat(end.pagesExpected()).isEqualTo(25);
        assertThat(end.pagesDone()).isEqualTo(25);
        assertThat(end.offersStored()).isEqualTo(50);
        assertThat(end.chunks()).isEqualTo(3);
        assertThat(end.chunksDone()).isEqualTo(3);
        assertThat(end.chunksDead()).isZero();
        assertThat(end.skippedByReason()).isEmpty();
        assertThat(end.finishedAt()).isAfterOrEqualTo(end.startedAt());
        assertThat(count("SELECT count(*) FROM offers")).isEqualTo(50);
        assertThat(count("SELECT count(*) FROM offer_snapshots")).isEqualTo(50);
        assertThat(count("SELECT count(*) FROM conversion_list")).isZero();
        assertThat(feed.askedPages()).doesNotHaveDuplicates().hasSize(25);
        assertThat(feed.asked().get(0).parameters())
                .containsEntry("status", "Active")
                .containsEntry("order_by", "Performance")
                .containsEntry("limit", "100");
    }

    @Test
    void addsNothingWhileTheSamePagesWaitOrRun() {
        get(queue.pause("full-sync-chunk"));
        try {
            SweepStart first = get(sweeps.start(pages(101, 20)));
            SweepStart second = get(sweeps.start(pages(101, 20)));

            assertThat(second.batchId()).isEqualTo(first.batchId());
            assertThat(second.added()).isZero();
            assertThat(second.jobIds()).isEqualTo(first.jobIds());
            assertThat(count("SELECT count(*) FROM sweeps")).isEqualTo(1);

            SweepStart within = get(sweeps.start(pages(111, 10)));
            assertThat(within.batchId()).isEqualTo(first.batchId());
            assertThat(within.added()).isZero();

            SweepStart wider = get(sweeps.start(pages(111, 20)));
            assertThat(wider.batchId()).isNotEqualTo(first.batchId());
            assertThat(wider.added()).isEqualTo(1);

            get(queue.resume("full-sync-chunk"));
            assertThat(awaitEnd(first.batchId()).pagesDone()).isEqualTo(20);
            SweepProgress end = awaitEnd(wider.batchId());
            assertThat(end.state()).isEqualTo(State.COMPLETED);
            assertThat(end.pagesDone()).isEqualTo(20);
            assertThat(end.offersStored()).isEqualTo(40);
        } finally {
            get(queue.resume("full-sync-chunk"));
        }
    }

    @Test
    void readsTheSamePagesAgainOnceTheyAreThrough() {
        SweepStart first = get(sweeps.start(pages(131, 3)));
        awaitEnd(first.batchId());

        SweepStart second = get(sweeps.start(pages(131, 3)));
        SweepProgress end = awaitEnd(second.batchId());

        assertThat(second.batchId()).isNotEqualTo(first.batchId());
        assertThat(second.added()).isEqualTo(1);
        assertThat(end.offersStored()).isEqualTo(6);
        assertThat(count("SELECT count(*) FROM offers")).isEqualTo(6);
        assertThat(count("SELECT count(*) FROM offer_snapshots")).isEqualTo(12);
    }

    @Test
    void countsPagesBehindTheLastOneAsDoneAndEmpty() {
        feed.totalPages(143);

        SweepProgress end = awaitEnd(get(sweeps.start(pages(141, 10))).batchId());

        assertThat(end.state()).isEqualTo(State.COMPLETED);
        assertThat(end.pagesDone()).isEqualTo(10);
        assertThat(end.offersStored()).isEqualTo(6);
    }

    @Test
    void countsWhatMakesNoSenseAndKeepsTheRest() {
        feed.onPage(
                151,
                hit -> feed.page(
                        151,
                        TestFeed.offerJson("good", "1m30s"),
                        "{\"offer_name\":\"nameless\"}",
                        "{\"offer_id\":\"b\",\"payout\":\"much\"}",
                        "{\"offer_id\":\"c\",\"last_conv\":\"soon\"}",
                        "{\"offer_id\":\"d\",\"last_conv\":\"soonish\"}"));

        SweepProgress end = awaitEnd(get(sweeps.start(pages(151, 2))).batchId());

        assertThat(end.offersStored()).isEqualTo(6);
        assertThat(end.skippedByReason()).containsOnly(Map.entry("no_id", 1L));
        assertThat(end.unreadableByField()).containsOnly(Map.entry("payout", 1L), Map.entry("last_conv", 2L));
    }

    @Test
    void bearsWithAFeedThatFailsNowAndThen() {
        feed.failingUntil(161, 2, Answer.status(500));
        feed.failingUntil(162, 2, Answer.busy("1"));
        feed.failingUntil(163, 3, Answer.ok("<html>maintenance</html>"));
        feed.failingUntil(164, 2, Answer.ok("{\"success\":true,\"offers\":[{\"offer_id\":"));
        feed.failingUntil(165, 2, Answer.silence());
        feed.failingUntil(166, 2, Answer.ok("{\"success\":false}"));

        SweepProgress end = awaitEnd(get(sweeps.start(pages(161, 10))).batchId());

        assertThat(end.state()).isEqualTo(State.COMPLETED);
        assertThat(end.offersStored()).isEqualTo(20);
        assertThat(feed.askedPages().stream().filter(page -> page == 170)).hasSize(1);
    }

    @Test
    void givesUpAPageThatNeverArrivesAndKeepsTheOthers() {
        feed.onPage(177, hit -> Answer.ok("<html>blocked</html>"));

        SweepStart start = get(sweeps.start(pages(171, 20)));
        SweepProgress end = awaitEnd(start.batchId());

        assertThat(end.state()).isEqualTo(State.FAILED);
        assertThat(end.chunksDead()).isEqualTo(1);
        assertThat(end.chunksDone()).isEqualTo(1);
        assertThat(end.pagesDone()).isEqualTo(19);
        assertThat(end.offersStored()).isEqualTo(38);
        assertThat(end.finishedAt()).isNotNull();
        JobView dead = get(queue.find("full-171-180")).orElseThrow();
        assertThat(dead.state()).isEqualTo(JobState.DEAD);
        assertThat(dead.attempts()).isEqualTo(3);
        assertThat(dead.error()).contains("page 177").contains("HTML instead of JSON");
        assertThat(feed.askedPages().stream().filter(page -> page == 177)).hasSize(3);
        assertThat(feed.askedPages().stream().filter(page -> page == 178)).hasSize(1);
    }

    @Test
    void tellsNoSecretWhenTheFeedCannotBeRead() {
        feed.onPage(191, hit -> Answer.silence());
        feed.onPage(192, hit -> Answer.ok("{\"success\":true,\"offers\":[\"" + "x".repeat(200_000) + "\"]}"));
        feed.onPage(193, hit -> Answer.status(403));

        SweepStart start = get(sweeps.start(pages(191, 3)));
        awaitEnd(start.batchId());

        assertThat(texts(
                        "SELECT i.error FROM sweep_chunks c JOIN batch_operation_items i ON i.batch_id = c.batch_id"
                                + " WHERE c.sweep_id = $1 AND i.status = 'failed' ORDER BY i.item",
                        start.batchId()))
                .containsExactly(
                        "offers did not answer within 2000 ms",
                        "offers feed answered more than 102400 bytes",
                        "offers answered HTTP 403");
        assertThat(get(queue.find("full-191-193")).orElseThrow().error()).doesNotContain(TestFeed.TOKEN);
        assertThat(feed.askedPages().stream().filter(page -> page == 193)).hasSize(1);
    }

    @Test
    void startsOneSweepForTwoWhoAskAtOnce() {
        get(queue.pause("full-sync-chunk"));
        try {
            List<SweepStart> starts = get(Uni.join()
                    .all(sweeps.start(pages(221, 20)), sweeps.start(pages(221, 20)), sweeps.start(pages(221, 20)))
                    .andFailFast());

            assertThat(starts.stream().mapToInt(SweepStart::added).sum()).isEqualTo(2);
            assertThat(starts)
                    .extracting(SweepStart::batchId)
                    .containsOnly(starts.get(0).batchId());
            get(queue.resume("full-sync-chunk"));
            assertThat(awaitEnd(starts.get(0).batchId()).state()).isEqualTo(State.COMPLETED);
        } finally {
            get(queue.resume("full-sync-chunk"));
        }
    }

    @Test
    void givesUpAChunkWhoseJobIsGoneAndReadsItsPagesWhenAskedAgain() {
        sweepRows("lost", 241, 243);
        assertThat(progress("lost").state()).as("its job may be on its way").isEqualTo(State.RUNNING);
        sql("UPDATE sweeps SET started_at = now() - interval '2 minutes'");

        assertThat(progress("lost").state()).isEqualTo(State.FAILED);
        SweepStart again = get(sweeps.start(pages(241, 3)));
        assertThat(again.added()).isEqualTo(1);
        assertThat(awaitEnd(again.batchId()).state()).isEqualTo(State.COMPLETED);
        assertThat(progress("lost").chunksDead()).isEqualTo(1);
    }

    @Test
    void knowsNoSweepOfAStrangeId() {
        assertThat(get(sweeps.progress("no-such-sweep"))).isEmpty();
    }

    @Test
    void listsWhatWasStored() {
        awaitEnd(get(sweeps.start(pages(201, 2))).batchId());

        var page = get(queries.list(new OfferQuery(
                Optional.of(OfferStatus.ACTIVE),
                Optional.of("tw"),
                Optional.of("games"),
                Optional.of("OFFER P201"),
                OfferQuery.Sort.LATEST_CONVERSION_FIRST,
                10,
                0)));

        assertThat(page.total()).isEqualTo(2);
        assertThat(page.offers()).extracting(offer -> offer.offerId()).isEqualTo(List.of("p201-1", "p201-2"));
        assertThat(page.offers().get(0).lastConversionSeconds()).isEqualTo(300);
        assertThat(page.offers().get(0).dailyCapUnlimited()).isTrue();
        assertThat(page.offers().get(0).payout()).isEqualByComparingTo("1.5");
    }
}
