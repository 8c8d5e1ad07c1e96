package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.Outcome;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.PlanNext;
import io.penstock.common.offers.SweepRound;
import io.penstock.common.offers.SweepRound.Pages;
import io.penstock.common.offers.SweepStart;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The scheduled round over the feed. */
@Tag("quarkus")
@QuarkusTest
class PlanNextTest extends OffersTest {

    @Inject
    SweepRound round;

    @Inject
    PlanNextHandler handler;

    private Pages next(String jobId, int pages, int maxPages) {
        return get(round.next(jobId, pages, maxPages, OfferStatus.ACTIVE));
    }

    @Test
    void goesRoundAndRound() {
        assertThat(List.of(next("a", 10, 25), next("b", 10, 25), next("c", 10, 25), next("d", 10, 25)))
                .containsExactly(new Pages(1, 10), new Pages(11, 20), new Pages(21, 25), new Pages(1, 10));
    }

    @Test
    void endsWithTheLastPageTheFeedIsKnownToHave() {
        sql("INSERT INTO sweeps (id, status, from_page, to_page, concurrency, total_pages) VALUES"
                + " ('s', 'Active', 1, 10, 5, 14), ('other', 'Paused', 1, 10, 5, 2)");

        assertThat(List.of(next("a", 10, 120), next("b", 10, 120), next("c", 10, 120)))
                .containsExactly(new Pages(1, 10), new Pages(11, 14), new Pages(1, 10));
    }

    @Test
    void takesTheSamePagesWhenAJobRunsAgain() {
        Pages first = next("a", 10, 120);
        next("b", 10, 120);

        assertThat(next("a", 10, 120)).isEqualTo(first);
        assertThat(next("c", 10, 120)).isEqualTo(new Pages(21, 30));
    }

    @Test
    void handsNoPageOutTwiceToJobsThatPlanAtOnce() {
        List<Uni<Pages>> plans = IntStream.range(0, 12)
                .mapToObj(job -> round.next("job-" + job, 10, 120, OfferStatus.ACTIVE))
                .toList();

        List<Pages> pages = get(Uni.join().all(plans).andFailFast());

        assertThat(pages)
                .extracting(Pages::from)
                .containsExactlyInAnyOrder(1, 11, 21, 31, 41, 51, 61, 71, 81, 91, 101, 111);
    }

    @Test
    void startsASweepOfThePagesItTook() {
        sql("UPDATE sweep_cursor SET next_page = 51");

        Outcome.Completed done =
                (Outcome.Completed) get(handler.handle(new PlanNext(10, 120), new Context("plan-1", 1, 3)));

        SweepStart start = (SweepStart) done.result();
        assertThat(start.jobIds()).containsExactly("full-51-60");
        assertThat(awaitEnd(start.batchId()).pagesDone()).isEqualTo(10);
        assertThat(feed.askedPages()).containsExactlyInAnyOrder(51, 52, 53, 54, 55, 56, 57, 58, 59, 60);
    }
}
