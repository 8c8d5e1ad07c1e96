package io.penstock.common.offers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Writes what was read from the feed: the offers, a snapshot of each, and the alerts that the change calls for. One
 * statement for all offers of a page.
 *
 * <p>Two jobs may write the same offer at once. The later reading wins: an older one changes nothing and leaves no
 * snapshot. Rows are locked in the order of their ids, so that such jobs wait for each other and never deadlock.
 */
@ApplicationScoped
public class OfferStore {

    /** Who read the offers. */
    public enum Reader {
        SWEEP,
        WATCH
    }

    /** The time of a reading is never in PostgreSQL's future, or a worker with a wrong clock would keep others from writing. */
    private static final String SAVE =
            """
            WITH reading AS (
                SELECT r.*, least($2, now()) AS fetched_at
                FROM jsonb_to_recordset($1::text::jsonb) AS r(
                    offer_id text, name text, status text, country text, country_name text, carrier text,
                    vertical text, flow text, model text, payout numeric, currency text,
                    daily_cap bigint, daily_cap_unlimited boolean, filled_cap bigint, filled_cap_unlimited boolean,
                    traffic_type text, time_frame text, traffic_restrictions text, landing_page text,
                    thumbnails text, offer_url text, last_conversion_seconds integer)
            ), stored AS (
                INSERT INTO offers AS o (
                    offer_id, name, status, country, country_name, carrier, vertical, flow, model, payout, currency,
                    daily_cap, daily_cap_unlimited, filled_cap, filled_cap_unlimited, traffic_type, time_frame,
                    traffic_restrictions, landing_page, thumbnails, offer_url, last_conversion_seconds,
                    last_converted_at, first_seen_at, fetched_at, swept_at)
                SELECT offer_id, name, status, country, country_name, carrier, vertical, flow, model, payout, currency,
                    daily_cap, daily_cap_unlimited, filled_cap, filled_cap_unlimited, traffic_type, time_frame,
                    traffic_restrictions, landing_page, thumbnails, offer_url, last_conversion_seconds,
                    fetched_at - make_interval(secs => last_conversion_seconds), fetched_at, fetched_at,
                    CASE WHEN $3 THEN fetched_at END
                FROM reading
                ORDER BY offer_id
                ON CONFLICT (offer_id) DO UPDATE SET
                    name = EXCLUDED.name, status = EXCLUDED.status, country = EXCLUDED.country,
                    country_name = EXCLUDED.country_name, carrier = EXCLUDED.carrier, vertical = EXCLUDED.vertical,
                    flow = EXCLUDED.flow, model = EXCLUDED.model, payout = EXCLUDED.payout,
                    currency = EXCLUDED.currency, daily_cap = EXCLUDED.daily_cap,
                    daily_cap_unlimited = EXCLUDED.daily_cap_unlimited, filled_cap = EXCLUDED.filled_cap,
                    filled_cap_unlimited = EXCLUDED.filled_cap_unlimited, traffic_type = EXCLUDED.traffic_type,
                    time_frame = EXCLUDED.time_frame, traffic_restrictions = EXCLUDED.traffic_restrictions,
                    landing_page = EXCLUDED.landing_page, thumbnails = EXCLUDED.thumbnails,
                    offer_url = EXCLUDED.offer_url, last_conversion_seconds = EXCLUDED.last_conversion_seconds,
                    last_converted_at = EXCLUDED.last_converted_at, fetched_at = EXCLUDED.fetched_at,
                    swept_at = coalesce(EXCLUDED.swept_at, o.swept_at),
                    previous_status = o.status, previous_conversion_seconds = o.last_conversion_seconds
                WHERE o.fetched_at < EXCLUDED.fetched_at
                RETURNING o.*
            ), snapshots AS (
                INSERT INTO offer_snapshots (
                    offer_id, taken_at, status, payout, daily_cap, daily_cap_unlimited, filled_cap,
                    filled_cap_unlimited, last_conversion_seconds)
                SELECT offer_id, fetched_at, status, payout, daily_cap, daily_cap_unlimited, filled_cap,
                    filled_cap_unlimited, last_conversion_seconds
                FROM stored
                ON CONFLICT DO NOTHING
            ), changes AS (
                SELECT s.offer_id, s.name, c.kind, c.before_value, c.after_value
                FROM stored s
                CROSS JOIN LATERAL (VALUES
                    ('CONVERSIONS_STOPPED', s.previous_conversion_seconds::text, s.last_conversion_seconds::text,
                        s.previous_conversion_seconds < 60 AND s.last_conversion_seconds > 600),
                    ('CONVERSIONS_SLOWED', s.previous_conversion_seconds::text, s.last_conversion_seconds::text,
                        s.previous_conversion_seconds >= 60 AND s.last_conversion_seconds > 600
                        AND s.last_conversion_seconds > 5 * s.previous_conversion_seconds::bigint),
                    ('CONVERSIONS_GONE', s.previous_conversion_seconds::text, NULL,
                        s.previous_conversion_seconds IS NOT NULL AND s.last_conversion_seconds IS NULL),
                    ('STATUS_CHANGED', s.previous_status, s.status, s.previous_status <> s.status)
                ) AS c(kind, before_value, after_value, holds)
                WHERE s.previous_status IS NOT NULL AND c.holds
            ), due AS (
                INSERT INTO offer_alert_latest AS latest (offer_id, kind, raised_at)
                SELECT offer_id, kind, now() FROM changes ORDER BY offer_id, kind
                ON CONFLICT (offer_id, kind) DO UPDATE SET raised_at = EXCLUDED.raised_at
                WHERE latest.raised_at <= EXCLUDED.raised_at - interval '1 hour'
                RETURNING offer_id, kind
            )
            INSERT INTO offer_alerts (offer_id, offer_name, kind, before_value, after_value, raised_at)
            SELECT c.offer_id, c.name, c.kind, c.before_value, c.after_value, now()
            FROM changes c JOIN due USING (offer_id, kind)
            ORDER BY c.offer_id, c.kind
            """;

    private final ObjectMapper mapper;

    @Inject
    public OfferStore(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    /**
     * Stores readings within the caller's transaction.
     *
     * @param readings no id twice
     * @param fetchedAt when the feed was read
     * @return how many alerts were raised; they are {@link OfferAlertStore pending} once the transaction commits
     */
    public Uni<Integer> save(SqlConnection connection, List<OfferReading> readings, Instant fetchedAt, Reader reader) {
        if (readings.isEmpty()) {
            return Uni.createFrom().item(0);
        }
        return connection
                .preparedQuery(SAVE)
                .execute(Tuple.of(json(readings), fetchedAt.atOffset(ZoneOffset.UTC), reader == Reader.SWEEP))
                .map(rows -> rows.rowCount());
    }

    private String json(List<OfferReading> readings) {
        try {
            return mapper.writeValueAsString(readings);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("readings cannot be written as JSON", e);
        }
    }
}
