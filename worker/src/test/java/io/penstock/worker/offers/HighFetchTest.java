package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.Outcome;
import io.penstock.common.offers.ConversionMerge;
import io.penstock.common.offers.HighFetch;
import io.penstock.common.offers.SweepRequest;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The conversion list: what keeps offers on it, what puts them there. */
@Tag("quarkus")
@QuarkusTest
class HighFetchTest extends OffersTest {

    private static final Context JOB = new Context("job-1", 1, 3);

    @Inject
    HighFetchHandler handler;

    @Inject
    ConversionMergeHandler merge;

    private Outcome fetch() {
        return get(handler.handle(new HighFetch(), JOB));
    }

    private void onTheList(String... ids) {
        sql("INSERT INTO conversion_list (offer_id) SELECT unnest($1::text[])", (Object) ids);
    }

    private List<String> list() {
        return texts("SELECT offer_id FROM conversion_list ORDER BY offer_id");
    }

    private List<String> askedIds() {
        return feed.asked().stream()
                .flatMap(asked -> Arrays.stream(asked.parameter("offers").split(",")))
                .sorted()
                .toList();
    }

    @Test
    void asksForNothingWhenTheListIsEmpty() {
        assertThat(fetch()).isEqualTo(Outcome.completed(new HighFetchHandler.Report(0, 0)));
        assertThat(feed.asked()).isEmpty();
    }

    @Test
    void readsTheListInGroupsAndKeepsWhatConverts() {
        onTheList("a", "b", "c", "d", "e", "f", "g");
        List.of("a", "b", "c", "d", "e").forEach(id -> feed.offer(id, "\"status\":\"Active\",\"last_conv\":\"5m\""));
        feed.offer("f", "\"status\":\"Paused\",\"last_conv\":null");

        Outcome outcome = fetch();

        assertThat(outcome).isEqualTo(Outcome.completed(new HighFetchHandler.Report(6, 2)));
        assertThat(list()).containsExactly("a", "b", "c", "d", "e");
        assertThat(askedIds()).containsExactly("a", "b", "c", "d", "e", "f", "g");
        assertThat(feed.asked()).hasSize(3).allSatisfy(asked -> assertThat(asked.parameters())
                .doesNotContainKey("status"));
        assertThat(count("SELECT count(*) FROM offers")).isEqualTo(6);
        assertThat(count("SELECT count(*) FROM offer_snapshots")).isEqualTo(6);
        assertThat(count("SELECT count(*) FROM conversion_list WHERE checked_by IS NOT NULL"))
                .isZero();
    }

    @Test
    void keepsAnOfferThatCannotBeReadRightNow() {
        onTheList("a");
        feed.offer("a", "\"status\":\"Active\",\"last_conv\":\"soon\"");

        fetch();

        assertThat(list()).containsExactly("a");
    }

    @Test
    void goesOnWhereItWasWhenItRunsAgain() {
        onTheList("a", "b", "c", "d", "e");
        List.of("a", "b", "c", "d", "e").forEach(id -> feed.offer(id, "\"last_conv\":\"5m\""));
        sql("UPDATE conversion_list SET checked_by = $1 WHERE offer_id IN ('a', 'b', 'c')", JOB.jobId());

        fetch();

        assertThat(askedIds()).containsExactly("d", "e");
        assertThat(list()).containsExactly("a", "b", "c", "d", "e");
    }

    @Test
    void leavesTheListAloneWhenTheFeedFails() {
        onTheList("a", "b");
        feed.onIds(ids -> TestFeed.Answer.status(502));

        assertThatThrownBy(this::fetch).isInstanceOf(UpstreamFaultException.class);

        assertThat(list()).containsExactly("a", "b");
    }

    @Test
    void ignoresOffersItDidNotAskFor() {
        onTheList("a");
        feed.onIds(ids -> feed.page(1, TestFeed.offerJson("a", "5m"), TestFeed.offerJson("stranger", "5m")));

        fetch();

        assertThat(texts("SELECT offer_id FROM offers")).containsExactly("a");
        assertThat(list()).containsExactly("a");
    }

    @Test
    void getsWhatSweepsFoundFromTheHourlyMerge() {
        awaitEnd(get(sweeps.start(new SweepRequest(301, 2, 2, "Active"))).batchId());
        assertThat(list()).isEmpty();

        get(merge.handle(new ConversionMerge(), JOB));
        assertThat(list()).containsExactly("p301-1", "p302-1");

        feed.offer("p301-1", "\"status\":\"Active\",\"last_conv\":\"\"");
        fetch();
        assertThat(list()).isEmpty();

        get(merge.handle(new ConversionMerge(), JOB));
        assertThat(list())
                .as("what the feed no longer has may come back once, what does not convert may not")
                .doesNotContain("p301-1");
    }

    @Test
    void mergeDeletesWhatIsTooOld() {
        sql("INSERT INTO offer_snapshots (offer_id, taken_at, status, daily_cap_unlimited, filled_cap_unlimited)"
                + " SELECT 'x', now() - make_interval(days => 31, secs => n), 'Active', false, false"
                + " FROM generate_series(1, 12000) n");
        sql("INSERT INTO offer_snapshots (offer_id, taken_at, status, daily_cap_unlimited, filled_cap_unlimited)"
                + " VALUES ('x', now() - interval '29 days', 'Active', false, false)");
        sweepRows("old", 1, 10);
        sql("UPDATE sweeps SET started_at = now() - interval '31 days'");

        Outcome outcome = get(merge.handle(new ConversionMerge(), JOB));

        assertThat(outcome).isEqualTo(Outcome.completed(new ConversionMergeHandler.Report(0, 12_000, 0, 1)));
        assertThat(count("SELECT count(*) FROM offer_snapshots")).isEqualTo(1);
        assertThat(count("SELECT count(*) FROM sweep_chunks")).isZero();
    }
}
