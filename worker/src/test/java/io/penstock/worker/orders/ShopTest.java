package io.penstock.worker.orders;

import com.icegreen.greenmail.util.GreenMail;
import io.penstock.common.orders.Concerts;
import io.penstock.common.orders.HoldRequest;
import io.penstock.common.orders.Order;
import io.penstock.common.orders.Orders;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.ShopMails;
import io.penstock.common.outbox.Outbox;
import io.penstock.common.testing.ServersResource;
import io.penstock.worker.offers.OffersTestResource;
import io.penstock.worker.run.JobContext;
import io.quarkus.test.common.WithTestResource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;

/** What tests of the ticket shop share: a whole worker on real servers, and the mail server that all tests of workers use. */
@WithTestResource(ServersResource.class)
@WithTestResource(OffersTestResource.class)
abstract class ShopTest {

    /** A hand-made job, for calls of a handler without a queue. */
    record Context(Instant deadline, boolean isCancelled) implements JobContext {

        static final Context PLAIN = new Context(Instant.MAX, false);

        @Override
        public String jobId() {
            return "job-1";
        }

        @Override
        public String type() {
            return "test";
        }

        @Override
        public String queue() {
            return "test";
        }

        @Override
        public int attempt() {
            return 1;
        }

        @Override
        public int maxAttempts() {
            return 3;
        }

        @Override
        public void whenCancelled(Runnable action) {
            // It never is.
        }
    }

    /** A shop whose holds last as long as a test wants. */
    record Settings(Duration holdTime) implements OrdersConfig {

        @Override
        public int maxPerOrder() {
            return 10;
        }

        @Override
        public ZoneId zone() {
            return ZoneId.of("Asia/Taipei");
        }

        @Override
        public Duration sweepAfter() {
            return Duration.ZERO;
        }

        @Override
        public int sweepConcurrency() {
            return 4;
        }

        @Override
        public String mailFrom() {
            return "shop@example.org";
        }

        @Override
        public Cleanup cleanup() {
            throw new UnsupportedOperationException("no test of orders cleans up");
        }

        @Override
        public Files files() {
            throw new UnsupportedOperationException("no test of orders has files");
        }
    }

    static final Duration LONG = Duration.ofHours(1);

    GreenMail mail;

    @Inject
    Pool pool;

    @Inject
    Outbox outbox;

    @Inject
    ShopMails mails;

    @Inject
    Concerts concerts;

    Orders orders;

    @BeforeEach
    void empty() throws Exception {
        mail.purgeEmailFromAllMailboxes();
        // Sendings of an earlier test that are still under way find no mail, and end.
        sql(
                "TRUNCATE shop_file, shop_file_removal, shop_user, shop_concert, shop_session, shop_ticket_type, shop_order,"
                        + " shop_ticket, shop_mail, shop_support_session");
        orders = shop(LONG);
    }

    Orders shop(Duration holdTime) {
        return new Orders(pool, outbox, mails, new Settings(holdTime));
    }

    static <T> T get(Uni<T> uni) {
        return uni.await().atMost(Duration.ofSeconds(30));
    }

    List<Row> sql(String statement, Object... parameters) {
        List<Row> rows = new ArrayList<>();
        get(pool.preparedQuery(statement).execute(Tuple.from(List.of(parameters))))
                .forEach(rows::add);
        return rows;
    }

    long number(String statement, Object... parameters) {
        return sql(statement, parameters).get(0).getLong(0);
    }

    List<String> texts(String statement, Object... parameters) {
        return sql(statement, parameters).stream().map(row -> row.getString(0)).toList();
    }

    /** A type of tickets of a concert that begins then; answers its id. */
    long onSale(int tickets, Instant startsAt) {
        long concert = number("INSERT INTO shop_concert (name, venue) VALUES ('Organs', 'St John') RETURNING id");
        long session = number(
                "INSERT INTO shop_session (concert_id, starts_at) VALUES ($1, $2::text::timestamptz) RETURNING id",
                concert,
                startsAt.toString());
        long type = number(
                "INSERT INTO shop_ticket_type (session_id, name, price_cents, currency, capacity, available)"
                        + " VALUES ($1, 'Stalls', 4550, 'EUR', $2, $2) RETURNING id",
                session,
                tickets);
        sql("INSERT INTO shop_ticket (ticket_type_id) SELECT $1 FROM generate_series(1, $2)", type, tickets);
        return type;
    }

    long onSale(int tickets) {
        return onSale(tickets, Instant.parse("2190-05-01T19:30:00Z"));
    }

    Uni<Order> holding(Orders shop, String email, long type, int quantity) {
        return shop.hold(new HoldRequest(email, type, quantity, Optional.empty()))
                .map(hold -> hold.order());
    }

    long hold(long type, int quantity) {
        return get(holding(orders, "ada@example.org", type, quantity)).id();
    }

    void pass(long order) {
        sql("UPDATE shop_order SET expires_at = now() - interval '1 second' WHERE id = $1", order);
    }

    long left(long type) {
        return number("SELECT available::bigint FROM shop_ticket_type WHERE id = $1", type);
    }

    long tickets(long type, String state) {
        return number("SELECT count(*) FROM shop_ticket WHERE ticket_type_id = $1 AND state = $2", type, state);
    }

    /** How often a mail has come. Others may come as well: an earlier test may have left some that are being sent. */
    long copies(long mailId) {
        return Arrays.stream(mail.getReceivedMessages())
                .filter(message -> header(message, "Message-ID").equals("<shop-" + mailId + "@penstock>"))
                .count();
    }

    static String header(MimeMessage message, String name) {
        try {
            return message.getHeader(name)[0];
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }
}
