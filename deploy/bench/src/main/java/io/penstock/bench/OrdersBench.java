package io.penstock.bench;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Many orders are held, some thousands of them expire in a minute while people go on buying, and one of two workers is killed
 * meanwhile. Then each order must have expired once, in time, the stock must be exact, and each must have its mail.
 */
@Command(
        name = "deploy/bench/orders",
        sortOptions = false,
        description =
                "Measures how holds of the ticket shop end, against a Redis and a PostgreSQL of its own, whose commits"
                        + " wait for the disk. See deploy/docs/orders.md.")
public final class OrdersBench implements Callable<Integer> {

    private static final int TYPES = 20;
    private static final int MOST_ORDERS = 5_000_000;
    private static final int STEP = 20_000;
    private static final int MINUTE = 60;
    private static final int LEAD_SECONDS = 70;
    /** Holds end at the same rate from here to the measured minute: workers that have just started compile first. */
    private static final int WARM_UP_FROM_SECONDS = 10;

    private static final long P99_BOUND_MS = 2_000;
    private static final long LAST_BOUND_MS = 60_000;
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration LOOK = Duration.ofMillis(200);
    /** Each buyer buys some thirty times a second: as many as there are orders that expire, and no more than there are tickets. */
    private static final Duration BETWEEN_PURCHASES = Duration.ofMillis(30);

    private static final Duration STATEMENT = Duration.ofMinutes(5);

    private static final String TYPES_SQL =
            """
            WITH c AS (INSERT INTO shop_concert (name, venue) VALUES ('Bench', 'Bench') RETURNING id),
            s AS (INSERT INTO shop_session (concert_id, starts_at) SELECT id, now() + interval '1 year' FROM c RETURNING id)
            INSERT INTO shop_ticket_type (session_id, name, price_cents, currency, capacity, available)
            SELECT s.id, 'Type ' || n, 1000, 'EUR', $1, $1 FROM s, generate_series(1, $2::integer) AS n
            """;

    private static final String TICKETS_SQL =
            """
            INSERT INTO shop_ticket (ticket_type_id)
            SELECT t.id FROM shop_ticket_type AS t, generate_series(1, t.capacity)
            """;

    /** Orders of one ticket each, spread over the types, which expire one after the other. */
    private static final String HOLD_SQL =
            """
            WITH made AS (
                INSERT INTO shop_order (user_id, ticket_type_id, quantity, amount_cents, currency, expires_at)
                SELECT (SELECT min(id) FROM shop_user) + n % 1000, (SELECT min(id) FROM shop_ticket_type) + n % $1::integer, 1, 1000,
                    'EUR', clock_timestamp() + ($2::float8 + n * $3::float8) * interval '1 millisecond'
                FROM generate_series(0, $4::integer - 1) AS n
                RETURNING id, ticket_type_id, expires_at),
            numbered AS (
                SELECT id, ticket_type_id, row_number() OVER (PARTITION BY ticket_type_id ORDER BY id) AS n FROM made),
            free AS (
                SELECT k.id, k.ticket_type_id, row_number() OVER (PARTITION BY k.ticket_type_id ORDER BY k.id) AS n
                FROM shop_ticket_type AS t CROSS JOIN LATERAL (
                    SELECT id, ticket_type_id FROM shop_ticket WHERE ticket_type_id = t.id AND state = 'available'
                    ORDER BY id LIMIT $4::integer / $1::integer + 1) AS k),
            taken AS (
                UPDATE shop_ticket AS k SET state = 'held', order_id = o.id
                FROM numbered AS o JOIN free AS f USING (ticket_type_id, n) WHERE k.id = f.id),
            counted AS (
                UPDATE shop_ticket_type AS t SET available = available - m.n
                FROM (SELECT ticket_type_id, count(*) AS n FROM made GROUP BY 1) AS m WHERE t.id = m.ticket_type_id)
            INSERT INTO job_outbox (type, payload, options)
            SELECT 'orders.expire_hold', json_build_object('orderId', id),
                json_build_object('runAt', to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            FROM made
            """;

    /** What a purchase does, as the shop does it. */
    private static final String BUY_ORDER =
            """
            INSERT INTO shop_order (user_id, ticket_type_id, quantity, amount_cents, currency, expires_at)
            VALUES ((SELECT min(id) FROM shop_user) + $1::integer, $2, $3, 1000, 'EUR', now() + interval '1 hour') RETURNING id
            """;

    private static final String BUY_COUNT =
            "UPDATE shop_ticket_type SET available = available - $2 WHERE id = $1 AND available >= $2";

    private static final String BUY_TICKETS =
            """
            UPDATE shop_ticket SET state = 'sold', order_id = $3 WHERE id = ANY (ARRAY(
                SELECT id FROM shop_ticket WHERE ticket_type_id = $1 AND state = 'available' ORDER BY id LIMIT $2 FOR UPDATE))
            """;

    private static final String BUY_PAID = "UPDATE shop_order SET state = 'paid', ended_at = now() WHERE id = $1";

    private static final String LATENESS =
            """
            SELECT count(*) AS n,
                coalesce(percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (
                    ORDER BY extract(epoch FROM ended_at - expires_at) * 1000), '{0,0}')::float8[] AS shares,
                coalesce(max(extract(epoch FROM ended_at - expires_at) * 1000), 0)::float8 AS last
            FROM shop_order WHERE state = 'expired' AND id BETWEEN $1 AND $2
            """;

    private static final String NEWEST_ORDER = "SELECT coalesce(max(id), 0) FROM shop_order";

    private static final String WRONG_STOCK =
            """
            SELECT count(*) FROM shop_ticket_type AS t WHERE
                t.available <> (SELECT count(*) FROM shop_ticket AS k WHERE k.ticket_type_id = t.id AND k.state = 'available')
                OR t.available <> t.capacity - (SELECT coalesce(sum(o.quantity), 0) FROM shop_order AS o
                    WHERE o.ticket_type_id = t.id AND o.state IN ('pending', 'paid'))
            """;

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--orders", paramLabel = "N", description = "Orders that are held. Default: ${DEFAULT-VALUE}.")
    private int orders = 100_000;

    @Option(
            names = "--per-minute",
            paramLabel = "N",
            description = "How many of them expire in the minute that is measured. Default: ${DEFAULT-VALUE}.")
    private int perMinute = 10_000;

    @Option(names = "--buyers", paramLabel = "N", description = "People who buy meanwhile. Default: ${DEFAULT-VALUE}.")
    private int buyers = 4;

    @Option(names = "--kill", description = "One of the two workers is killed in the middle, and started again.")
    private boolean kill;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    private final Vertx vertx = Vertx.vertx();
    private boolean allHold = true;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new OrdersBench(), args);
    }

    @Override
    public Integer call() {
        require(orders >= 1 && orders <= MOST_ORDERS, "--orders must be 1 to " + MOST_ORDERS);
        require(perMinute >= 1 && perMinute <= orders, "--per-minute must be 1 to the number of orders");
        require(buyers >= 0 && buyers <= 16, "--buyers must be 0 to 16");
        try (EmbeddedRedis redis = new EmbeddedRedis(AppendOnlyFile.OFF);
                BenchPostgres postgres = new BenchPostgres();
                MailCounter mails = new MailCounter()) {
            Map<String, String> settings = Map.of(
                    "QUARKUS_MAILER_HOST", "127.0.0.1",
                    "QUARKUS_MAILER_PORT", String.valueOf(mails.port()),
                    "QUARKUS_MAILER_FROM", "shop@localhost",
                    "PENSTOCK_WORKLOAD_OFFERS_ENABLED", "false");
            say("Redis: " + redis.program());
            Callable<PackagedWorker> another = () -> new PackagedWorker(redis, postgres, null, settings);
            measure(postgres, mails, another);
        } finally {
            vertx.close();
        }
        return allHold ? 0 : 1;
    }

    private void measure(BenchPostgres postgres, MailCounter mails, Callable<PackagedWorker> another) {
        List<PackagedWorker> workers = new ArrayList<>();
        Pool pool = postgres.pool(vertx, buyers + 4);
        try {
            workers.add(start(another));
            workers.add(start(another));
            fill(pool);
            double between = MINUTE * 1_000.0 / perMinute;
            long heldBefore = BenchPostgres.number(pool, NEWEST_ORDER);
            hold(pool, WARM_UP_FROM_SECONDS * 1_000.0, between, warmUp());
            long warmedUp = BenchPostgres.number(pool, NEWEST_ORDER);
            hold(pool, LEAD_SECONDS * 1_000.0, between, perMinute);
            say("held " + orders + " orders; " + perMinute + " of them expire in the minute that begins in "
                    + LEAD_SECONDS + " s");
            AtomicBoolean open = new AtomicBoolean(true);
            LongAdder bought = new LongAdder();
            List<Thread> crowd = crowd(pool, open, bought);
            if (kill) {
                Pause.of(Duration.ofSeconds(LEAD_SECONDS + MINUTE / 2));
                workers.remove(0).kill();
                say("killed one worker");
                workers.add(start(another));
            }
            int expiring = warmUp() + perMinute;
            boolean ended = until(() ->
                    BenchPostgres.number(pool, "SELECT count(*) FROM shop_order WHERE state = 'expired'") >= expiring);
            open.set(false);
            crowd.forEach(OrdersBench::join);
            boolean mailed = until(() -> mails.mails() >= expiring);
            Row cold = lateness(pool, heldBefore + 1, warmedUp);
            Row warm = lateness(pool, warmedUp + 1, warmedUp + perMinute);
            report(cold, warm, ended && mailed);
            reportExactness(pool, mails, bought.sum());
        } finally {
            workers.forEach(PackagedWorker::close);
            pool.close().await().atMost(STATEMENT);
        }
    }

    private int warmUp() {
        return perMinute * (LEAD_SECONDS - WARM_UP_FROM_SECONDS) / MINUTE;
    }

    private static Row lateness(Pool pool, long firstOrder, long lastOrder) {
        return run(pool, LATENESS, Tuple.of(firstOrder, lastOrder)).iterator().next();
    }

    private static PackagedWorker start(Callable<PackagedWorker> another) {
        try {
            return another.call();
        } catch (BenchException e) {
            throw e;
        } catch (Exception e) {
            throw new BenchException("the worker could not be started: " + e);
        }
    }

    /** Everything that does not expire now, and the rows that all of it needs. */
    private void fill(Pool pool) {
        int capacity = (orders + warmUp()) / TYPES + 2 * perMinute / TYPES + 20_000;
        run(pool, TYPES_SQL, Tuple.of(capacity, TYPES));
        run(pool, TICKETS_SQL, Tuple.tuple());
        run(
                pool,
                "INSERT INTO shop_user (email) SELECT 'u' || n || '@example.org' FROM generate_series(1, 1000) AS n",
                Tuple.tuple());
        run(pool, "ANALYZE shop_ticket", Tuple.tuple());
        for (int held = 0; held < orders - perMinute; held += STEP) {
            hold(pool, (double) Duration.ofHours(2).toMillis(), 1, Math.min(STEP, orders - perMinute - held));
        }
        require(
                until(() -> BenchPostgres.number(pool, "SELECT count(*) FROM job_outbox") == 0),
                "the outbox does not empty");
    }

    private static void hold(Pool pool, double firstMs, double betweenMs, int count) {
        if (count > 0) {
            run(pool, HOLD_SQL, Tuple.of(TYPES, firstMs, betweenMs, count));
        }
    }

    private List<Thread> crowd(Pool pool, AtomicBoolean open, LongAdder bought) {
        List<Thread> people = new ArrayList<>();
        long firstType = BenchPostgres.number(pool, "SELECT min(id) FROM shop_ticket_type");
        for (int i = 0; i < buyers; i++) {
            Random random = new Random(i);
            Thread buyer = new Thread(
                    () -> {
                        while (open.get()) {
                            buy(pool, firstType + random.nextInt(TYPES), random.nextInt(1_000), 1 + random.nextInt(4));
                            bought.increment();
                            Pause.of(BETWEEN_PURCHASES);
                        }
                    },
                    "buyer-" + i);
            buyer.start();
            people.add(buyer);
        }
        return people;
    }

    private static void buy(Pool pool, long type, int user, int quantity) {
        pool.withTransaction(transaction -> buy(transaction, type, user, quantity))
                .await()
                .atMost(STATEMENT);
    }

    private static Uni<Void> buy(SqlConnection transaction, long type, int user, int quantity) {
        return transaction
                .preparedQuery(BUY_ORDER)
                .execute(Tuple.of(user, type, quantity))
                .map(made -> made.iterator().next().getLong("id"))
                .chain(order -> transaction
                        .preparedQuery(BUY_COUNT)
                        .execute(Tuple.of(type, quantity))
                        .invoke(counted -> {
                            if (counted.rowCount() == 0) {
                                throw new BenchException("all is sold");
                            }
                        })
                        .chain(() -> transaction.preparedQuery(BUY_TICKETS).execute(Tuple.of(type, quantity, order)))
                        .chain(() -> transaction.preparedQuery(BUY_PAID).execute(Tuple.of(order))))
                .replaceWithVoid();
    }

    private void report(Row cold, Row warm, boolean ended) {
        double last = warm.getDouble("last");
        double p99 = warm.getArrayOfDoubles("shares")[1];
        tell("expired in the minute", warm.getLong("n"), "", "= " + perMinute, ended && warm.getLong("n") == perMinute);
        tell("stock back after its time, median", warm.getArrayOfDoubles("shares")[0], "ms", "", true);
        tell("  p99", p99, "ms", kill ? "" : P99_BOUND_MS + " or less", kill || p99 <= P99_BOUND_MS);
        tell("  the last", last, "ms", LAST_BOUND_MS + " or less", last <= LAST_BOUND_MS);
        tell(
                "expired before, by workers just started",
                cold.getLong("n"),
                "",
                "= " + warmUp(),
                cold.getLong("n") == warmUp());
        tell("  p99", cold.getArrayOfDoubles("shares")[1], "ms", "", true);
        tell(
                "  the last",
                cold.getDouble("last"),
                "ms",
                LAST_BOUND_MS + " or less",
                cold.getDouble("last") <= LAST_BOUND_MS);
    }

    private void reportExactness(Pool pool, MailCounter mails, long bought) {
        long wrong = BenchPostgres.number(pool, WRONG_STOCK);
        tell("types whose stock is not exact", wrong, "", "= 0", wrong == 0);
        tell("purchases meanwhile", bought, "", "", true);
        tell("mails", mails.mails(), "", "= " + (warmUp() + perMinute), mails.mails() == warmUp() + perMinute);
        tell("  that came again", mails.repetitions(), "", kill ? "" : "= 0", kill || mails.repetitions() == 0);
    }

    private void tell(String what, long figure, String unit, String bound, boolean holds) {
        tell(what, (double) figure, unit, bound, holds);
    }

    private void tell(String what, double figure, String unit, String bound, boolean holds) {
        allHold &= holds;
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%-40s %12.0f %-4s %-16s %s",
                what,
                figure,
                unit,
                bound,
                holds ? "holds" : "DOES NOT HOLD"));
        out.flush();
    }

    private void say(String what) {
        spec.commandLine().getErr().println(what);
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private static RowSet<Row> run(Pool pool, String statement, Tuple parameters) {
        return pool.preparedQuery(statement).execute(parameters).await().atMost(STATEMENT);
    }

    private static boolean until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            Pause.of(LOOK);
        }
        return true;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }
}
