package io.penstock.common.orders;

import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The concerts that are sold, and what is left of their tickets. */
@ApplicationScoped
public class Concerts {

    private static final String ADD = "INSERT INTO shop_concert (name, venue) VALUES ($1, $2) RETURNING id";

    private static final String ADD_SESSION =
            "INSERT INTO shop_session (concert_id, starts_at) VALUES ($1, $2::timestamptz) RETURNING id";

    private static final String ADD_TICKETS =
            """
            WITH type AS (
                INSERT INTO shop_ticket_type (session_id, name, price_cents, currency, capacity, available)
                VALUES ($1, $2, $3, $4, $5, $5) RETURNING id)
            INSERT INTO shop_ticket (ticket_type_id) SELECT type.id FROM type, generate_series(1, $5)
            """;

    private static final String LIST =
            "SELECT id, name, venue FROM shop_concert WHERE id < $1 ORDER BY id DESC LIMIT $2";

    private static final String AVAILABILITY =
            """
            SELECT c.id, c.name, c.venue, clock_timestamp() AS read_at, s.id AS session_id, s.starts_at, t.id AS type_id,
                t.name AS type, t.price_cents, t.currency, t.capacity, t.available
            FROM shop_concert AS c
            JOIN shop_session AS s ON s.concert_id = c.id
            JOIN shop_ticket_type AS t ON t.session_id = s.id
            WHERE c.id = $1 ORDER BY s.starts_at, s.id, t.id LIMIT $2
            """;

    private final Pool pool;

    public Concerts(Pool pool) {
        this.pool = pool;
    }

    /** Adds a concert with all its tickets; answers its id. */
    public Uni<Long> add(ConcertSpec spec) {
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(ADD)
                .execute(Tuple.of(spec.name(), spec.venue()))
                .map(Concerts::id)
                .call(id -> Multi.createFrom()
                        .iterable(spec.sessions())
                        .onItem()
                        .transformToUniAndConcatenate(session -> addSession(transaction, id, session))
                        .collect()
                        .last()));
    }

    private static Uni<Void> addSession(SqlConnection transaction, long concert, ConcertSpec.Session session) {
        return transaction
                .preparedQuery(ADD_SESSION)
                .execute(Tuple.of(concert, session.startsAt().atOffset(ZoneOffset.UTC)))
                .map(Concerts::id)
                .call(id -> Multi.createFrom()
                        .iterable(session.ticketTypes())
                        .onItem()
                        .transformToUniAndConcatenate(type -> addTickets(transaction, id, type))
                        .collect()
                        .last())
                .replaceWithVoid();
    }

    private static Uni<Void> addTickets(SqlConnection transaction, long session, ConcertSpec.TicketType type) {
        return transaction
                .preparedQuery(ADD_TICKETS)
                .execute(Tuple.of(session, type.name(), type.priceCents(), type.currency(), type.quantity()))
                .replaceWithVoid();
    }

    /** Concerts, the latest first. */
    public Uni<List<Concert>> list(long beforeId, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(beforeId, most))
                .map(rows -> rows.stream().map(Concerts::concert).toList());
    }

    /** What is left as PostgreSQL knows it now; empty where there is no such concert. */
    public Uni<Optional<Availability>> availability(long concertId) {
        return pool.preparedQuery(AVAILABILITY)
                .execute(Tuple.of(concertId, ConcertSpec.MAX_SESSIONS * ConcertSpec.MAX_TYPES))
                .map(Concerts::availability);
    }

    private static Optional<Availability> availability(RowSet<Row> rows) {
        Map<Long, Availability.Session> sessions = new LinkedHashMap<>();
        Concert concert = null;
        Instant readAt = Instant.EPOCH;
        for (Row row : rows) {
            concert = concert(row);
            readAt = row.getOffsetDateTime("read_at").toInstant();
            sessions.computeIfAbsent(row.getLong("session_id"), id -> session(row))
                    .ticketTypes()
                    .add(ticketType(row));
        }
        return concert == null
                ? Optional.empty()
                : Optional.of(new Availability(concert, readAt, List.copyOf(sessions.values())));
    }

    private static Availability.Session session(Row row) {
        return new Availability.Session(
                row.getLong("session_id"), row.getOffsetDateTime("starts_at").toInstant(), new ArrayList<>());
    }

    private static Availability.TicketType ticketType(Row row) {
        return new Availability.TicketType(
                row.getLong("type_id"),
                row.getString("type"),
                row.getLong("price_cents"),
                row.getString("currency"),
                row.getInteger("capacity"),
                row.getInteger("available"));
    }

    private static Concert concert(Row row) {
        return new Concert(row.getLong("id"), row.getString("name"), row.getString("venue"));
    }

    private static long id(RowSet<Row> rows) {
        return rows.iterator().next().getLong("id");
    }
}
