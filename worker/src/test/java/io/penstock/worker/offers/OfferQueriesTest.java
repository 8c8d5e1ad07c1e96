package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.offers.HistoryQuery;
import io.penstock.common.offers.InvalidOfferQueryException;
import io.penstock.common.offers.Offer;
import io.penstock.common.offers.OfferHistory;
import io.penstock.common.offers.OfferPage;
import io.penstock.common.offers.OfferQuery;
import io.penstock.common.offers.OfferQuery.Sort;
import io.penstock.common.offers.OfferSnapshot;
import io.penstock.common.offers.OfferStatus;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What can be asked about stored offers. */
@Tag("quarkus")
@QuarkusTest
class OfferQueriesTest extends OffersTest {

    private static final Instant NOON = Instant.parse("2026-11-20T12:00:00Z");

    private void offer(String id, String name, String status, String country, Integer convertedMinutesBeforeNoon) {
        sql(
                "INSERT INTO offers (offer_id, name, status, country, daily_cap_unlimited, filled_cap_unlimited,"
                        + " last_converted_at, first_seen_at, fetched_at) VALUES ($1, $2, $3, $4, false, false,"
                        + " timestamptz '2026-11-20 12:00Z' - make_interval(mins => nullif($5::integer, -1)), now(), now())",
                id,
                name,
                status,
                country,
                convertedMinutesBeforeNoon == null ? -1 : convertedMinutesBeforeNoon);
    }

    private void someOffers() {
        offer("1", "Slots 100% free", "Active", "TW", 30);
        offer("2", "Dating", "Paused", "DE", 5);
        offer("3", "Slots", "Active", "DE", null);
        offer("4", "Sweeps", "Active", "tw", 90);
    }

    private static OfferQuery all(Sort sort, int limit, int offset) {
        return new OfferQuery(
                Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), sort, limit, offset);
    }

    private List<String> ids(OfferQuery query) {
        return get(queries.list(query)).offers().stream().map(Offer::offerId).toList();
    }

    @Test
    void sortsByLastConversionWithTheUnknownLast() {
        someOffers();

        assertThat(ids(all(Sort.LATEST_CONVERSION_FIRST, 10, 0))).containsExactly("2", "1", "4", "3");
        assertThat(ids(all(Sort.OLDEST_CONVERSION_FIRST, 10, 0))).containsExactly("4", "1", "2", "3");
    }

    @Test
    void pagesThroughTheList() {
        someOffers();

        OfferPage second = get(queries.list(all(Sort.LATEST_CONVERSION_FIRST, 3, 3)));

        assertThat(second.offers()).extracting(Offer::offerId).containsExactly("3");
        assertThat(second.total()).isEqualTo(4);
        assertThat(get(queries.list(all(Sort.LATEST_CONVERSION_FIRST, 3, 100))).total())
                .isEqualTo(4);
    }

    @Test
    void joinsFiltersByAnd() {
        someOffers();

        OfferQuery query = new OfferQuery(
                Optional.of(OfferStatus.ACTIVE),
                Optional.of("TW"),
                Optional.empty(),
                Optional.of("100% F"),
                Sort.LATEST_CONVERSION_FIRST,
                10,
                0);

        assertThat(ids(query)).containsExactly("1");
    }

    @Test
    void refusesPagesOutOfBounds() {
        assertThatThrownBy(() -> all(Sort.LATEST_CONVERSION_FIRST, 201, 0))
                .isInstanceOf(InvalidOfferQueryException.class)
                .hasMessage("limit: must be between 1 and 200");
        assertThatThrownBy(() -> all(Sort.LATEST_CONVERSION_FIRST, 10, -1))
                .isInstanceOf(InvalidOfferQueryException.class);
    }

    @Test
    void tellsHistoryFromNewToOldPageByPage() {
        someOffers();
        sql("INSERT INTO offer_snapshots (offer_id, taken_at, status, daily_cap_unlimited, filled_cap_unlimited)"
                + " SELECT '1', timestamptz '2026-11-20 12:00Z' - make_interval(hours => n), 'Active', false, false"
                + " FROM generate_series(0, 9) n");

        OfferHistory first = history("1", NOON.minus(Duration.ofHours(7)), NOON, 4);
        OfferHistory second = history("1", NOON.minus(Duration.ofHours(7)), first.nextBefore(), 4);

        assertThat(first.snapshots())
                .extracting(OfferSnapshot::takenAt)
                .containsExactly(hoursAgo(1), hoursAgo(2), hoursAgo(3), hoursAgo(4));
        assertThat(second.snapshots())
                .extracting(OfferSnapshot::takenAt)
                .containsExactly(hoursAgo(5), hoursAgo(6), hoursAgo(7));
        assertThat(second.nextBefore()).isNull();
    }

    private static Instant hoursAgo(int hours) {
        return NOON.minus(Duration.ofHours(hours));
    }

    private OfferHistory history(String id, Instant from, Instant before, int limit) {
        return get(queries.history(new HistoryQuery(id, from, before, limit))).orElseThrow();
    }

    @Test
    void knowsNoHistoryOfAnUnknownOffer() {
        assertThat(get(queries.history(new HistoryQuery("nobody", NOON.minusSeconds(1), NOON, 10))))
                .isEmpty();
        assertThat(get(queries.find("x".repeat(1000)))).isEmpty();
    }

    @Test
    void refusesAHistoryWithoutTime() {
        assertThatThrownBy(() -> new HistoryQuery("1", NOON, NOON, 10)).isInstanceOf(InvalidOfferQueryException.class);
        assertThatThrownBy(() -> new HistoryQuery("1", Instant.MIN, Instant.MAX, 10))
                .isInstanceOf(InvalidOfferQueryException.class);
    }
}
