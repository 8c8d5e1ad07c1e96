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
import java.util.concurrent.atomic.AtomicLongArray;
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
    /** What a hold's row and its job cost at most before the measurement begins. */
    private static final Duration PATIENCE_PER_HOLD = Duration.ofMillis(2);

    private static final int LONGEST_SECONDS = 600;
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

    /** Orders of the measurement that did not end as they should: each expired, and holds no ticket any more. */
    private static final String NOT_ENDED =
            """
            SELECT count(*) FROM shop_order AS o WHERE o.id > $1 AND o.id <= $2
                AND (o.state <> 'expired' OR EXISTS (SELECT FROM shop_ticket AS k WHERE k.order_id = o.id))
            """;

    /** Mails that somebody is sending: a worker that dies now may have them sent again. */
    private static final String BEING_SENT =
            "SELECT count(*) FROM shop_mail WHERE state = 'pending' AND claimed_until > clock_timestamp()";

    private static final String AVAILABLE = "SELECT available::bigint AS n FROM shop_ticket_type ORDER BY id";

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

    @Option(
            names = {"--held", "--orders"},
            paramLabel = "N",
            description = "Orders that are held. Default: ${DEFAULT-VALUE}.")
    private int orders = 100_000;

    @Option(
            names = "--per-minute",
            paramLabel = "N",
            description = "How many of them expire in a minute. Default: ${DEFAULT-VALUE}.")
    private int perMinute = 10_000;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            description = "For how long they are measured, after a minute at the same rate to warm up."
                    + " Default: ${DEFAULT-VALUE}.")
    private int seconds = MINUTE;

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
    private final List<String> breaches = new ArrayList<>();
    /** The model: what each type has left, by what was held for ever and what the buyers were told. */
    private final AtomicLongArray left = new AtomicLongArray(TYPES);

    private long mostSentAgain;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new OrdersBench(), args);
    }

    @Override
    public Integer call() {
        require(orders >= 1 && orders <= MOST_ORDERS, "--orders must be 1 to " + MOST_ORDERS);
        require(seconds >= 1 && seconds <= LONGEST_SECONDS, "--seconds must be 1 to " + LONGEST_SECONDS);
        require(perMinute >= 1 && measured() >= 1, "--per-minute must be 1 or more, and let an order expire");
        require(measured() <= orders, "--held must be at least the number of those that expire, here " + measured());
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
        return breaches.isEmpty() ? 0 : 1;
    }

    /** Before everything is stopped, which takes its time. */
    private void tellVerdict() {
        PrintWriter out = spec.commandLine().getOut();
        out.println(
                breaches.isEmpty()
                        ? "VERDICT: all of it holds"
                        : "VERDICT: " + breaches.size() + " of it does not hold: " + String.join(", ", breaches));
        out.flush();
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
            hold(pool, LEAD_SECONDS * 1_000.0, between, measured());
            long newest = BenchPostgres.number(pool, NEWEST_ORDER);
            say("held " + orders + " orders; " + measured() + " of them expire in the " + seconds + " s that begin in "
                    + LEAD_SECONDS + " s");
            AtomicBoolean open = new AtomicBoolean(true);
            LongAdder bought = new LongAdder();
            List<Thread> crowd = crowd(pool, open, bought);
            if (kill) {
                Pause.of(Duration.ofSeconds(LEAD_SECONDS + seconds / 2));
                mostSentAgain = BenchPostgres.number(pool, BEING_SENT);
                workers.remove(0).kill();
                mostSentAgain = Math.max(mostSentAgain, BenchPostgres.number(pool, BEING_SENT));
                say("killed one worker, which with the other one was sending " + mostSentAgain + " mails");
                workers.add(start(another));
                say("started another one");
            }
            int expiring = warmUp() + measured();
            until(
                    "the expiry of " + expiring + " orders",
                    () -> BenchPostgres.number(pool, "SELECT count(*) FROM shop_order WHERE state = 'expired'")
                            >= expiring);
            open.set(false);
            crowd.forEach(OrdersBench::join);
            until("mails about them", () -> mails.about() >= expiring);
            report(lateness(pool, heldBefore + 1, warmedUp), lateness(pool, warmedUp + 1, newest));
            reportExactness(pool, heldBefore, newest, bought.sum());
            reportMails(mails);
            tellVerdict();
        } finally {
            workers.forEach(PackagedWorker::close);
            pool.close().await().atMost(STATEMENT);
        }
    }

    private int measured() {
        return (int) ((long) perMinute * seconds / MINUTE);
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
        long begin = System.nanoTime();
        int capacity = (orders + warmUp()) / TYPES + 2 * measured() / TYPES + 20_000;
        run(pool, TYPES_SQL, Tuple.of(capacity, TYPES));
        run(pool, TICKETS_SQL, Tuple.tuple());
        for (int type = 0; type < TYPES; type++) {
            left.set(type, capacity);
        }
        run(
                pool,
                "INSERT INTO shop_user (email) SELECT 'u' || n || '@example.org' FROM generate_series(1, 1000) AS n",
                Tuple.tuple());
        run(pool, "ANALYZE shop_ticket", Tuple.tuple());
        int staying = orders - measured();
        for (int held = 0; held < staying; held += STEP) {
            int count = Math.min(STEP, staying - held);
            hold(pool, (double) Duration.ofHours(6).toMillis(), 1, count);
            for (int order = 0; order < count; order++) {
                left.decrementAndGet(order % TYPES);
            }
        }
        say(staying + " orders that stay are held after " + secondsSince(begin) + " s; now their jobs are handed over");
        until(
                "handing over the jobs of all holds",
                () -> BenchPostgres.number(pool, "SELECT count(*) FROM job_outbox") == 0);
        // As in a shop that has been open for long.
        for (String table : List.of("shop_ticket", "shop_order", "shop_ticket_type", "job_outbox")) {
            pool.query("VACUUM (ANALYZE) " + table).execute().await().atMost(STATEMENT);
        }
        say("filled after " + secondsSince(begin) + " s");
    }

    private static long secondsSince(long beginNanos) {
        return Duration.ofNanos(System.nanoTime() - beginNanos).toSeconds();
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
                            int type = random.nextInt(TYPES);
                            int quantity = 1 + random.nextInt(4);
                            buy(pool, firstType + type, random.nextInt(1_000), quantity);
                            left.addAndGet(type, -quantity);
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

    private void report(Row cold, Row warm) {
        double last = warm.getDouble("last");
        double p99 = warm.getArrayOfDoubles("shares")[1];
        tell("expired in the time measured", warm.getLong("n"), "", "= " + measured(), warm.getLong("n") == measured());
        tell("stock back after its time, median", warm.getArrayOfDoubles("shares")[0], "ms", "", true);
        tell("  p99", p99, "ms", kill ? "" : P99_BOUND_MS + " or less", kill || p99 <= P99_BOUND_MS);
        tell("  the last", last, "ms", LAST_BOUND_MS + " or less", last <= LAST_BOUND_MS);
        tell(
                "expired before, by workers just started",
                cold.getLong("n"),
                "",
                "= " + warmUp(),
                cold.getLong("n") == warmUp());
        tell("  their p99", cold.getArrayOfDoubles("shares")[1], "ms", "", true);
        tell(
                "  the last of them",
                cold.getDouble("last"),
                "ms",
                LAST_BOUND_MS + " or less",
                cold.getDouble("last") <= LAST_BOUND_MS);
    }

    private void reportExactness(Pool pool, long heldBefore, long newest, long bought) {
        long notEnded = run(pool, NOT_ENDED, Tuple.of(heldBefore, newest))
                .iterator()
                .next()
                .getLong(0);
        tell("orders that did not end as they should", notEnded, "", "= 0", notEnded == 0);
        tell("purchases meanwhile", bought, "", "", true);
        long wrong = run(pool, WRONG_STOCK, Tuple.tuple()).iterator().next().getLong(0);
        tell("types whose rows do not agree", wrong, "", "= 0", wrong == 0);
        int type = 0;
        long unlike = 0;
        for (Row row : run(pool, AVAILABLE, Tuple.tuple())) {
            unlike += row.getLong("n") == left.get(type++) ? 0 : 1;
        }
        tell("types whose stock is not the model's", unlike, "", "= 0", unlike == 0 && type == TYPES);
    }

    private void reportMails(MailCounter mails) {
        int expiring = warmUp() + measured();
        tell(
                "orders that the mail catcher has a mail of",
                mails.about(),
                "",
                "= " + expiring,
                mails.about() == expiring);
        tell(
                "  mails that came again",
                mails.repetitions(),
                "",
                kill ? "= 0, or sent at the kill: " + mostSentAgain : "= 0",
                mails.repetitions() <= mostSentAgain);
        tell("  and not with their Message-ID", mails.unlike(), "", "= 0", mails.unlike() == 0);
    }

    private void tell(String what, long figure, String unit, String bound, boolean holds) {
        tell(what, (double) figure, unit, bound, holds);
    }

    private void tell(String what, double figure, String unit, String bound, boolean holds) {
        if (!holds) {
            breaches.add(what.strip());
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(String.format(
                Locale.ROOT,
                "%-42s %12.0f %-4s %-16s %s",
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

    /** What does not come in time is a breach; the report tells how far it got. */
    private void until(String what, BooleanSupplier condition) {
        long end = System.nanoTime()
                + PATIENCE.plus(PATIENCE_PER_HOLD.multipliedBy(orders)).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                breaches.add(what + " in time");
                return;
            }
            Pause.of(LOOK);
        }
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
