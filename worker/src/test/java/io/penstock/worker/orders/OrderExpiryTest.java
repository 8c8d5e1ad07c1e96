package io.penstock.worker.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.job.Outcome;
import io.penstock.common.orders.ExpireHold;
import io.penstock.common.orders.Expiry;
import io.penstock.common.orders.Order;
import io.penstock.common.orders.OrderExpiration;
import io.penstock.common.orders.OrderQueries;
import io.penstock.common.orders.OrderRefusedException;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How holds end: each once, its tickets back, a mail about it. */
@Tag("quarkus")
@QuarkusTest
class OrderExpiryTest extends ShopTest {

    @Inject
    OrderQueries queries;

    private OrderExpirationHandler sweeper() {
        return new OrderExpirationHandler(orders, queries, new Settings(LONG));
    }

    private Uni<Outcome> sweep() {
        return sweeper().handle(new OrderExpiration(), Context.PLAIN);
    }

    private static OrderExpirationHandler.Report report(Outcome outcome) {
        return (OrderExpirationHandler.Report) ((Outcome.Completed) outcome).result();
    }

    @Test
    void aHoldEndsByItselfWithOneMail() {
        long type = onSale(5);

        Order order = get(holding(shop(Duration.ofSeconds(1)), "ada@example.org", type, 2));

        await().atMost(Duration.ofSeconds(20)).until(() -> left(type) == 5);
        assertThat(tickets(type, "available")).isEqualTo(5);
        assertThat(texts("SELECT state FROM shop_order")).containsExactly("expired");
        await().atMost(Duration.ofSeconds(20))
                .until(() -> texts("SELECT state FROM shop_mail").equals(List.of("sent")));
        assertThat(texts("SELECT subject FROM shop_mail")).containsExactly("Your order " + order.id() + " has expired");
        assertThat(copies(number("SELECT id FROM shop_mail"))).isEqualTo(1);
    }

    @Test
    void anOrderExpiresOnceHoweverManyTry() {
        long type = onSale(10);
        long order = hold(type, 3);
        pass(order);

        List<Expiry> results = get(Uni.join()
                .all(IntStream.range(0, 12).mapToObj(n -> orders.expire(order)).toList())
                .andFailFast());

        assertThat(results)
                .filteredOn(result -> result.kind() == Expiry.Kind.EXPIRED)
                .hasSize(1);
        assertThat(left(type)).isEqualTo(10);
        assertThat(number("SELECT count(*) FROM shop_mail")).isEqualTo(1);
    }

    @Test
    void sweepsOfSeveralWorkersShareTheOrders() {
        long type = onSale(1_000);
        sql("INSERT INTO shop_user (email) SELECT 'u' || n || '@example.org' FROM generate_series(1, 700) AS n");
        sql(
                "INSERT INTO shop_order (user_id, ticket_type_id, quantity, amount_cents, currency, expires_at)"
                        + " SELECT id, $1, 1, 1, 'EUR', now() - interval '1 minute' FROM shop_user",
                type);
        sql("UPDATE shop_ticket AS t SET state = 'held', order_id = o.id"
                + " FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM shop_order) AS o,"
                + " (SELECT id, row_number() OVER (ORDER BY id) AS n FROM shop_ticket) AS r"
                + " WHERE o.n = r.n AND t.id = r.id");
        sql("UPDATE shop_ticket_type SET available = 300");

        List<Outcome> outcomes = get(Uni.join().all(sweep(), sweep(), sweep()).andFailFast());

        assertThat(outcomes.stream()
                        .mapToInt(outcome -> report(outcome).expired())
                        .sum())
                .isEqualTo(700);
        assertThat(left(type)).isEqualTo(1_000);
        assertThat(tickets(type, "available")).isEqualTo(1_000);
        assertThat(number("SELECT count(DISTINCT about) FROM shop_mail")).isEqualTo(700);
    }

    @Test
    void whatAnotherTransactionWorksOnIsLeftToIt() {
        long type = onSale(5);
        long order = hold(type, 2);
        pass(order);
        SqlConnection other = get(pool.getConnection());
        get(other.query("BEGIN; SELECT 1 FROM shop_order FOR UPDATE").execute());
        try {
            assertThat(get(new ExpireHoldHandler(orders).handle(new ExpireHold(order), Context.PLAIN)))
                    .isInstanceOf(Outcome.Snooze.class);
            assertThat(report(get(sweep())).expired()).isZero();
        } finally {
            get(other.query("ROLLBACK").execute());
            get(other.close());
        }
        assertThat(report(get(sweep())).expired()).isEqualTo(1);
    }

    @Test
    void anOrderThatCannotExpireHoldsUpNoOther() {
        long type = onSale(6);
        long bad = hold(type, 2);
        long good = hold(type, 2);
        pass(bad);
        pass(good);
        sql("DELETE FROM shop_ticket WHERE id = (SELECT min(id) FROM shop_ticket WHERE order_id = $1)", bad);

        Outcome outcome = get(sweep());

        assertThat(outcome).isEqualTo(Outcome.retryLater("1 orders could not be expired; 1 were"));
        assertThat(texts("SELECT state FROM shop_order ORDER BY id")).containsExactly("pending", "expired");
        assertThat(left(type)).as("nothing of the bad one is done").isEqualTo(4);
    }

    @Test
    void aJobThatComesTooEarlyWaitsForTheRest() {
        long order = hold(onSale(5), 2);

        Outcome outcome = get(new ExpireHoldHandler(orders).handle(new ExpireHold(order), Context.PLAIN));

        assertThat(outcome).isInstanceOfSatisfying(Outcome.Snooze.class, snooze -> assertThat(snooze.delay())
                .isBetween(Duration.ofMinutes(59), LONG));
    }

    @Test
    void anOrderThatEndedOtherwiseIsLeftAlone() {
        long type = onSale(5);
        long paid = hold(type, 2);
        get(orders.pay(paid, "pay-1"));
        pass(paid);

        assertThat(get(orders.expire(paid)).kind()).isEqualTo(Expiry.Kind.ENDED_BEFORE);
        assertThat(get(orders.expire(-1)).kind()).isEqualTo(Expiry.Kind.ENDED_BEFORE);

        assertThat(tickets(type, "sold")).isEqualTo(2);
    }

    @Test
    void aSweepThatIsOutOfTimeLeavesTheRestToTheNext() {
        pass(hold(onSale(5), 2));

        Outcome outcome = get(sweeper().handle(new OrderExpiration(), new Context(Instant.EPOCH, false)));

        assertThat(report(outcome)).isEqualTo(new OrderExpirationHandler.Report(0, 0, true));
    }

    /** What buyers were told is all that the model knows; in the end the shop must agree with it. */
    @Test
    void aCrowdBuysAndTheShopAgreesWithTheModel() {
        long type = onSale(120);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Long> held = new CopyOnWriteArrayList<>();
        List<Long> paid = new CopyOnWriteArrayList<>();
        List<Long> cancelled = new CopyOnWriteArrayList<>();
        List<Uni<Void>> buyers = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            int quantity = 1 + random.nextInt(4);
            int whim = random.nextInt(4);
            buyers.add(holding(orders, "buyer" + random.nextInt(40) + "@example.org", type, quantity)
                    .invoke(order -> held.add(order.id()))
                    .chain(order -> act(order, whim, paid, cancelled))
                    .onFailure(OrderRefusedException.class)
                    .recoverWithNull());
        }
        Uni<Void> expiring = Uni.createFrom()
                .deferred(() -> sweep())
                .repeat()
                .atMost(30)
                .collect()
                .last()
                .replaceWithVoid();

        get(Uni.join()
                .all(Uni.join().all(buyers).usingConcurrencyOf(12).andFailFast().replaceWithVoid(), expiring, expiring)
                .andFailFast());
        sql("UPDATE shop_order SET expires_at = now() - interval '1 second' WHERE state = 'pending'");
        get(sweep());

        String why = "seed " + seed;
        assertThat(ids("paid")).as(why).containsExactlyInAnyOrderElementsOf(paid);
        assertThat(ids("cancelled")).as(why).containsExactlyInAnyOrderElementsOf(cancelled);
        assertThat(ids("expired")).as(why).hasSize(held.size() - paid.size() - cancelled.size());
        long sold = number("SELECT coalesce(sum(quantity), 0) FROM shop_order WHERE state = 'paid'");
        assertThat(left(type)).as(why).isEqualTo(120 - sold);
        assertThat(tickets(type, "available")).as(why).isEqualTo(120 - sold);
        assertThat(tickets(type, "sold")).as(why).isEqualTo(sold);
        assertThat(number("SELECT count(*) FROM shop_mail"))
                .as(why)
                .isEqualTo(ids("expired").size());
    }

    private Uni<Void> act(Order order, int whim, List<Long> paid, List<Long> cancelled) {
        return switch (whim) {
            case 0 ->
                orders.pay(order.id(), "p" + order.id())
                        .invoke(done -> paid.add(done.id()))
                        .replaceWithVoid();
            case 1 ->
                orders.cancel(order.id())
                        .invoke(done -> cancelled.add(done.id()))
                        .replaceWithVoid();
            case 2 ->
                pool.query("UPDATE shop_order SET expires_at = now() WHERE state = 'pending' AND id = " + order.id())
                        .execute()
                        .chain(() -> Uni.join()
                                .all(
                                        tryToPay(order, paid),
                                        orders.expire(order.id()).replaceWithVoid())
                                .andFailFast())
                        .replaceWithVoid();
            default -> Uni.createFrom().voidItem();
        };
    }

    private Uni<Void> tryToPay(Order order, List<Long> paid) {
        return orders.pay(order.id(), "p" + order.id())
                .invoke(done -> paid.add(done.id()))
                .replaceWithVoid()
                .onFailure(OrderRefusedException.class)
                .recoverWithNull();
    }

    private List<Long> ids(String state) {
        return sql("SELECT id FROM shop_order WHERE state = $1", state).stream()
                .flatMapToLong(row -> LongStream.of(row.getLong("id")))
                .boxed()
                .toList();
    }
}
