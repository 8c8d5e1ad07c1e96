package io.penstock.bench.chaos;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.penstock.bench.FreePort;
import io.penstock.bench.Pause;
import io.penstock.bench.StartUp;
import io.penstock.bench.Terminal;
import io.penstock.bench.batch.BatchEngine;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchCallback;
import io.penstock.common.batch.BatchCallbacks;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchType;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.stream.LongStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * Batches under faults: workers are killed and stand still, Redis and PostgreSQL are restarted. Afterwards each item has one outcome, counts are
 * what the items say, each effect is there once, and each callback was enqueued once.
 */
@Command(
        name = "deploy/bench/batch-chaos",
        sortOptions = false,
        description = "Runs batches under faults and accounts for every item. See deploy/docs/chaos.md.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every promise holds", "1:a promise is broken, or the run failed", "2:wrong arguments"})
final class BatchChaos implements Callable<Integer> {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
    private static final Duration STANDS_STILL = Duration.ofSeconds(2);
    private static final Duration BETWEEN_FAULTS = Duration.ofMillis(700);
    private static final Duration ANSWER = Duration.ofSeconds(20);
    private static final Duration LEASE = Duration.ofSeconds(1);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--batches",
            paramLabel = "N",
            description = "Batches of each kind, 1 to 50. Default: ${DEFAULT-VALUE}.")
    private int batches = 5;

    @Option(
            names = "--items",
            paramLabel = "N",
            description = "Items of each, 100 to 1000000. Default: ${DEFAULT-VALUE}.")
    private int items = 20_000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "How often each fault strikes, 1 to 100. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Worker processes, 2 to 10. Default: ${DEFAULT-VALUE}.")
    private int workers = 3;

    @Option(
            names = "--patience",
            paramLabel = "S",
            description = "How long the batches may take after the last fault, in seconds. Default: ${DEFAULT-VALUE}.")
    private int patience = 300;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new BatchChaos(), args);
    }

    @Override
    public Integer call() {
        require(batches >= 1 && batches <= 50, "--batches must be 1 to 50");
        require(items >= 100 && items <= 1_000_000, "--items must be 100 to 1000000");
        require(rounds >= 1 && rounds <= 100, "--rounds must be 1 to 100");
        require(workers >= 2 && workers <= 10, "--workers must be 2 to 10");
        require(patience >= 1, "--patience must be 1 or more");
        Path directory = ChaosRun.newDirectory();
        try (Database database = new Database(BatchWork.TABLES);
                RedisProcess redis =
                        RedisProcess.server(directory, FreePort.next(), SingleServerTopology.Fsync.ALWAYS.settings())) {
            redis.awaitServing();
            return run(directory, database, redis);
        } finally {
            RedisProcess.remove(directory);
        }
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private int run(Path directory, Database database, RedisProcess redis) {
        RedisAddress address = RedisAddress.ofServer(redis.url());
        List<Child> all = new ArrayList<>();
        try (BatchEngine engine = new BatchEngine(address.options(), database.address(), BatchWork.KNOWN)) {
            for (int number = 0; number < workers; number++) {
                all.add(worker(directory, database, address, "w" + number + "-0"));
            }
            List<UUID> made = new ArrayList<>();
            for (int batch = 0; batch < batches; batch++) {
                made.add(make(engine, BatchWork.PLAIN));
                made.add(make(engine, BatchWork.EFFECT));
            }
            all.forEach(child -> child.awaitUp(START));
            for (int round = 1; round <= rounds; round++) {
                strike(directory, database, redis, address, all, round);
            }
            return account(engine, made);
        } finally {
            all.forEach(Child::kill);
        }
    }

    private Child worker(Path directory, Database database, RedisAddress address, String name) {
        Map<String, String> environment = new HashMap<>(address.environment());
        environment.put(WorkTable.URL_VARIABLE, database.address());
        Map<String, String> settings = Map.of(
                "penstock.worker.lease", LEASE.toMillis() + "ms",
                "penstock.worker.drain-grace", "1s",
                "penstock.redis.deadline", "2s",
                "penstock.batch.turn", "1s",
                "penstock.batch.lost-after", "5s");
        return new Child(
                name,
                new Child.Program(
                        System.getProperty("java.class.path"), BatchWorkerProgram.class, settings, environment),
                List.of(name),
                directory.resolve(name + ".log"));
    }

    private UUID make(BatchEngine engine, BatchType<Long> type) {
        BatchCallback called =
                new BatchCallback(BatchWork.CALLED.name(), JsonNodeFactory.instance.objectNode(), "batch");
        return engine.parts()
                .batches()
                .create(BatchSpec.of(type)
                        .withRange(1, items)
                        .withFixedChunks(50)
                        .withConcurrency(3)
                        .withCallbacks(new BatchCallbacks(called, called, called)))
                .map(Batch::id)
                .await()
                .atMost(ANSWER);
    }

    /** Each fault once, in turn. */
    private void strike(
            Path directory, Database database, RedisProcess redis, RedisAddress address, List<Child> all, int round) {
        int victim = round % workers;
        say("round " + round + ": kill -9 a worker");
        all.get(victim).kill();
        all.get(victim).awaitExit(ANSWER);
        all.set(victim, worker(directory, database, address, "w" + victim + "-" + round));
        Pause.of(BETWEEN_FAULTS);
        say("round " + round + ": a worker stands still, for longer than its lease");
        Child frozen = all.get((victim + 1) % workers);
        frozen.freeze();
        Pause.of(STANDS_STILL);
        frozen.thaw();
        Pause.of(BETWEEN_FAULTS);
        say("round " + round + ": restart Redis");
        redis.kill();
        redis.startAgain();
        Pause.of(BETWEEN_FAULTS);
        say("round " + round + ": restart PostgreSQL");
        database.restart();
        Pause.of(BETWEEN_FAULTS);
    }

    private int account(BatchEngine engine, List<UUID> made) {
        List<String> broken = new ArrayList<>();
        // Faults that find nothing to harm would prove nothing.
        long openAfterFaults = openOf(engine, made);
        boolean ended = Pause.until(
                () -> openOf(engine, made) == 0 && missingCalls(engine, made) == 0,
                BETWEEN_LOOKS,
                Duration.ofSeconds(patience));
        if (!ended) {
            broken.add("not all batches have ended and called back: " + openOf(engine, made) + " open");
        }
        made.forEach(id -> check(engine, id, broken));
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "batches %d%nitems %d%nbatches open after the last fault %d%nitems of chunks begun again %d%nBROKEN %d%n",
                made.size(), (long) made.size() * items, openAfterFaults, repeated(engine, made), broken.size());
        broken.forEach(out::println);
        out.flush();
        return broken.isEmpty() ? 0 : 1;
    }

    /** Of chunks that were begun again, so that their deaths are seen. */
    private static long repeated(BatchEngine engine, List<UUID> made) {
        return number(
                engine,
                "SELECT coalesce(sum(last_item - first_item), 0)::bigint FROM batch_operation_chunks WHERE batch_id = ANY ($1) AND attempts > 1",
                Tuple.of(made.toArray(UUID[]::new)));
    }

    private static long openOf(BatchEngine engine, List<UUID> made) {
        return number(
                engine,
                "SELECT count(*) FROM batch_operations WHERE id = ANY ($1) AND status IN ('pending', 'running')",
                Tuple.of(made.toArray(UUID[]::new)));
    }

    /** Two for each: it has ended, and something failed. */
    private static long missingCalls(BatchEngine engine, List<UUID> made) {
        return 2L * made.size()
                - number(
                        engine,
                        "SELECT count(DISTINCT job_id) FROM chaos_called WHERE batch_id = ANY ($1)",
                        Tuple.of(made.toArray(UUID[]::new)));
    }

    private void check(BatchEngine engine, UUID id, List<String> broken) {
        long failed = LongStream.rangeClosed(1, items)
                .filter(number -> number % BatchWork.FAILS == 0)
                .count();
        long skipped = LongStream.rangeClosed(1, items)
                .filter(number -> number % BatchWork.FAILS != 0 && number % BatchWork.SKIPPED == 0)
                .count();
        Row batch = row(engine, "SELECT * FROM batch_operations WHERE id = $1", Tuple.of(id));
        same(broken, id, "failed", failed, batch.getLong("failed"));
        same(broken, id, "skipped", skipped, batch.getLong("skipped"));
        same(broken, id, "completed", items - failed - skipped, batch.getLong("completed"));
        Row outcomes = row(
                engine,
                """
                SELECT count(*) AS items, count(*) FILTER (WHERE status = 'failed') AS failed,
                    count(*) FILTER (WHERE status = 'processing') AS open
                FROM batch_operation_items WHERE batch_id = $1
                """,
                Tuple.of(id));
        same(broken, id, "items with an outcome", items, outcomes.getLong("items"));
        same(broken, id, "items that failed", failed, outcomes.getLong("failed"));
        same(broken, id, "items in hand", 0, outcomes.getLong("open"));
        if (batch.getString("type").equals(BatchWork.EFFECT.name())) {
            Row effects = row(
                    engine,
                    "SELECT count(*) AS all, count(DISTINCT number) AS once FROM chaos_effect WHERE batch_id = $1",
                    Tuple.of(id));
            same(broken, id, "effects", items - failed - skipped, effects.getLong("all"));
            same(broken, id, "items with an effect", items - failed - skipped, effects.getLong("once"));
        }
        same(broken, id, "kinds of callbacks", 2, batch.getArrayOfStrings("called").length);
        same(
                broken,
                id,
                "jobs called",
                2,
                number(engine, "SELECT count(DISTINCT job_id) FROM chaos_called WHERE batch_id = $1", Tuple.of(id)));
    }

    private static void same(List<String> broken, UUID id, String what, long expected, long found) {
        if (expected != found) {
            broken.add("batch " + id + ": " + what + ": " + found + " instead of " + expected);
        }
    }

    /** The database may just have come back. */
    private static Row row(BatchEngine engine, String sql, Tuple parameters) {
        return engine.pool()
                .preparedQuery(sql)
                .execute(parameters)
                .onFailure()
                .retry()
                .withBackOff(BETWEEN_LOOKS)
                .expireIn(ANSWER.toMillis())
                .map(rows -> rows.iterator().next())
                .await()
                .atMost(ANSWER.plusSeconds(5));
    }

    private static long number(BatchEngine engine, String sql, Tuple parameters) {
        return row(engine, sql, parameters).getLong(0);
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }
}
