package io.penstock.common.orders;

import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Writes one mail to each user who has tickets for a day, with all the tickets. What a mail is about is the day and the
 * user, so that there is no second one, however often and by how many this is done.
 */
@ApplicationScoped
public class Reminders {

    /** Lines of one mail; a user with more evenings in a day is told how many. */
    static final int MAX_LINES = 50;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);

    private static final String PAGE =
            """
            WITH who AS (
                SELECT DISTINCT o.user_id
                FROM shop_session AS s
                JOIN shop_ticket_type AS t ON t.session_id = s.id
                JOIN shop_order AS o ON o.ticket_type_id = t.id AND o.state = 'paid'
                WHERE s.starts_at >= $1::timestamptz AND s.starts_at < $2::timestamptz AND o.user_id > $3
                ORDER BY o.user_id LIMIT $4)
            SELECT u.id, u.email, s.starts_at, c.name AS concert, c.venue, t.name AS type, sum(o.quantity)::bigint AS tickets
            FROM who
            JOIN shop_user AS u ON u.id = who.user_id
            JOIN shop_order AS o ON o.user_id = u.id AND o.state = 'paid'
            JOIN shop_ticket_type AS t ON t.id = o.ticket_type_id
            JOIN shop_session AS s ON s.id = t.session_id
            JOIN shop_concert AS c ON c.id = s.concert_id
            WHERE s.starts_at >= $1::timestamptz AND s.starts_at < $2::timestamptz
            GROUP BY u.id, u.email, s.id, s.starts_at, c.name, c.venue, t.id, t.name
            ORDER BY u.id, s.starts_at, s.id, t.id
            """;

    /**
     * What was done for some users.
     *
     * @param users who have tickets
     * @param mails mails that were written; a user who has one for the day already gets no other
     * @param lastUser where the next page goes on
     */
    public record Page(int users, int mails, long lastUser) {}

    /** The tickets of one user. */
    private record Evening(long user, String email, List<String> lines) {}

    private final Pool pool;
    private final ShopMails mails;

    public Reminders(Pool pool, ShopMails mails) {
        this.pool = pool;
        this.mails = mails;
    }

    /**
     * Writes the mails of the next users who have tickets for sessions that begin on a day.
     *
     * @param afterUser the last user of the page before; 0: begin
     */
    public Uni<Page> write(LocalDate day, ZoneId zone, long afterUser, int most) {
        Tuple parameters = Tuple.of(begin(day, zone), begin(day.plusDays(1), zone), afterUser, most);
        return pool.withTransaction(transaction -> transaction
                .preparedQuery(PAGE)
                .execute(parameters)
                .map(rows -> evenings(rows, zone))
                .chain(evenings -> mails.add(
                                transaction,
                                evenings.stream()
                                        .map(evening -> mail(evening, day))
                                        .toList())
                        .map(written -> new Page(
                                evenings.size(),
                                written,
                                evenings.isEmpty()
                                        ? afterUser
                                        : evenings.get(evenings.size() - 1).user()))));
    }

    private static OffsetDateTime begin(LocalDate day, ZoneId zone) {
        return day.atStartOfDay(zone).toOffsetDateTime();
    }

    private static List<Evening> evenings(RowSet<Row> rows, ZoneId zone) {
        Map<Long, Evening> byUser = new LinkedHashMap<>();
        for (Row row : rows) {
            byUser.computeIfAbsent(row.getLong("id"), id -> new Evening(id, row.getString("email"), new ArrayList<>()))
                    .lines()
                    .add(line(row, zone));
        }
        return List.copyOf(byUser.values());
    }

    private static String line(Row row, ZoneId zone) {
        return TIME.format(row.getOffsetDateTime("starts_at").atZoneSameInstant(zone)) + "  "
                + row.getString("concert") + ", " + row.getString("venue") + ": " + row.getLong("tickets") + " × "
                + row.getString("type");
    }

    private static NewMail mail(Evening evening, LocalDate day) {
        List<String> lines = evening.lines();
        StringBuilder body = new StringBuilder("Your tickets for " + day + ":\n\n");
        lines.stream().limit(MAX_LINES).forEach(line -> body.append(line).append('\n'));
        if (lines.size() > MAX_LINES) {
            body.append("and ").append(lines.size() - MAX_LINES).append(" more\n");
        }
        return new NewMail(
                "reminder:" + day + ":" + evening.user(), evening.email(), "Your concerts of " + day, body.toString());
    }
}
