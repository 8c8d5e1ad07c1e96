package io.penstock.common.offers;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The questions that can be asked about stored offers. Every answer is bounded. */
@ApplicationScoped
public class OfferQueries {

    private static final String FILTER =
            """
            WHERE ($1::text IS NULL OR status = $1)
              AND ($2::text IS NULL OR lower(country) = lower($2))
              AND ($3::text IS NULL OR lower(vertical) = lower($3))
              AND ($4::text IS NULL OR strpos(lower(name), lower($4)) > 0 OR strpos(lower(offer_id), lower($4)) > 0)
            """;

    private static final String COUNT = "SELECT count(*) FROM offers " + FILTER;

    private static final String LIST_LATEST_FIRST = "SELECT * FROM offers " + FILTER
            + "ORDER BY last_converted_at DESC NULLS LAST, offer_id LIMIT $5 OFFSET $6";

    private static final String LIST_OLDEST_FIRST =
            "SELECT * FROM offers " + FILTER + "ORDER BY last_converted_at ASC NULLS LAST, offer_id LIMIT $5 OFFSET $6";

    private static final String FIND = "SELECT * FROM offers WHERE offer_id = $1";

    private static final String HISTORY =
            """
            SELECT * FROM offer_snapshots
            WHERE offer_id = $1 AND taken_at >= $2 AND taken_at < $3
            ORDER BY taken_at DESC
            LIMIT $4
            """;

    private final Pool pool;

    @Inject
    public OfferQueries(Pool pool) {
        this.pool = pool;
    }

    public Uni<OfferPage> list(OfferQuery query) {
        Tuple filter = filter(query);
        Tuple page = filter(query).addInteger(query.limit()).addInteger(query.offset());
        Uni<Long> total = pool.preparedQuery(COUNT).execute(filter).map(OfferQueries::count);
        Uni<List<Offer>> offers =
                pool.preparedQuery(listBy(query.sort())).execute(page).map(rows -> read(rows, OfferQueries::offer));
        return Uni.combine()
                .all()
                .unis(offers, total)
                .with((list, count) -> new OfferPage(list, count, query.limit(), query.offset()));
    }

    public Uni<Optional<Offer>> find(String offerId) {
        if (offerId.length() > HistoryQuery.MAX_ID || offerId.indexOf('\0') >= 0) {
            return Uni.createFrom().item(Optional.empty());
        }
        return pool.preparedQuery(FIND).execute(Tuple.of(offerId)).map(rows -> read(rows, OfferQueries::offer).stream()
                .findFirst());
    }

    /** Empty when the offer is not known. */
    public Uni<Optional<OfferHistory>> history(HistoryQuery query) {
        return find(query.offerId()).chain(offer -> {
            if (offer.isEmpty()) {
                return Uni.createFrom().item(Optional.empty());
            }
            return snapshots(query).map(found -> Optional.of(page(query, found)));
        });
    }

    /** One more than the page holds, to learn whether there are older ones. */
    private Uni<List<OfferSnapshot>> snapshots(HistoryQuery query) {
        return pool.preparedQuery(HISTORY)
                .execute(Tuple.of(
                        query.offerId(),
                        query.from().atOffset(ZoneOffset.UTC),
                        query.before().atOffset(ZoneOffset.UTC),
                        query.limit() + 1))
                .map(rows -> read(rows, OfferQueries::snapshot));
    }

    private static OfferHistory page(HistoryQuery query, List<OfferSnapshot> found) {
        if (found.size() <= query.limit()) {
            return new OfferHistory(query.offerId(), found, null);
        }
        List<OfferSnapshot> page = List.copyOf(found.subList(0, query.limit()));
        return new OfferHistory(query.offerId(), page, page.get(page.size() - 1).takenAt());
    }

    private static String listBy(OfferQuery.Sort sort) {
        return switch (sort) {
            case LATEST_CONVERSION_FIRST -> LIST_LATEST_FIRST;
            case OLDEST_CONVERSION_FIRST -> LIST_OLDEST_FIRST;
        };
    }

    private static Tuple filter(OfferQuery query) {
        return Tuple.tuple()
                .addString(query.status().map(OfferStatus::wire).orElse(null))
                .addString(query.country().orElse(null))
                .addString(query.vertical().orElse(null))
                .addString(query.text().orElse(null));
    }

    private static long count(RowSet<Row> rows) {
        return rows.iterator().next().getLong(0);
    }

    private static <T> List<T> read(RowSet<Row> rows, Function<Row, T> reader) {
        List<T> items = new ArrayList<>(rows.size());
        for (Row row : rows) {
            items.add(reader.apply(row));
        }
        return items;
    }

    private static Offer offer(Row row) {
        return new Offer(
                row.getString("offer_id"),
                row.getString("name"),
                OfferStatus.of(row.getString("status")),
                row.getString("country"),
                row.getString("country_name"),
                row.getString("carrier"),
                row.getString("vertical"),
                row.getString("flow"),
                row.getString("model"),
                row.getBigDecimal("payout"),
                row.getString("currency"),
                row.getLong("daily_cap"),
                row.getBoolean("daily_cap_unlimited"),
                row.getLong("filled_cap"),
                row.getBoolean("filled_cap_unlimited"),
                row.getString("traffic_type"),
                row.getString("time_frame"),
                row.getString("traffic_restrictions"),
                row.getString("landing_page"),
                row.getString("thumbnails"),
                row.getString("offer_url"),
                row.getInteger("last_conversion_seconds"),
                instant(row.getOffsetDateTime("last_converted_at")),
                row.getOffsetDateTime("first_seen_at").toInstant(),
                row.getOffsetDateTime("fetched_at").toInstant());
    }

    private static OfferSnapshot snapshot(Row row) {
        return new OfferSnapshot(
                row.getOffsetDateTime("taken_at").toInstant(),
                OfferStatus.of(row.getString("status")),
                row.getBigDecimal("payout"),
                row.getLong("daily_cap"),
                row.getBoolean("daily_cap_unlimited"),
                row.getLong("filled_cap"),
                row.getBoolean("filled_cap_unlimited"),
                row.getInteger("last_conversion_seconds"));
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
