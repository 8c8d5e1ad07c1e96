package io.penstock.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.flywaydb.core.Flyway;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * What the API costs where there is much: every read over HTTP while live feeds are open, the engine beside it, jobs that are
 * enqueued over HTTP against the same from Java, and the retry of all dead jobs.
 */
@Command(
        name = "deploy/bench/dataset",
        sortOptions = false,
        description =
                "Measures the API on a large data set, on a Redis and a PostgreSQL of its own. See deploy/docs/benchmarks.md.")
public final class DatasetBench implements Callable<Integer> {

    private static final String KEY = "bench-of-the-api-f3a9c1d27b";
    private static final double P99_BOUND_MS = 200;
    private static final double MOST_TIMES_JAVA = 3;
    private static final double LEAST_SHARE = 0.95;
    private static final int CONNECTIONS = 4;
    private static final int BULK = 100;
    private static final int BULK_CALLS = 4;
    private static final int WARM_UP = 3;
    private static final int WARM_UP_CALLS = 30_000;
    private static final int FEW = 3;
    private static final int MOST_ROUNDS = 21;
    private static final Duration STATEMENT = Duration.ofMinutes(60);

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--waiting", paramLabel = "N", description = "Waiting jobs. Default: ${DEFAULT-VALUE}.")
    private long waiting = 1_000_000;

    @Option(names = "--scheduled", paramLabel = "N", description = "Delayed jobs. Default: ${DEFAULT-VALUE}.")
    private long scheduled = 100_000;

    @Option(names = "--dead", paramLabel = "N", description = "Dead jobs. Default: ${DEFAULT-VALUE}.")
    private long dead = 100_000;

    @Option(
            names = "--running",
            paramLabel = "N",
            description = "Running jobs, up to 10000. Default: ${DEFAULT-VALUE}.")
    private int running = 10_000;

    @Option(names = "--history", paramLabel = "N", description = "Rows of the history. Default: ${DEFAULT-VALUE}.")
    private long history = 10_000_000;

    @Option(
            names = "--times",
            paramLabel = "N",
            description =
                    "How often each read is asked for; 0: neither reads nor the engine are measured. Default: ${DEFAULT-VALUE}.")
    private int times = 200;

    @Option(names = "--feeds", paramLabel = "N", description = "Live feeds that are open. Default: ${DEFAULT-VALUE}.")
    private int feeds = 5;

    @Option(
            names = "--reads-per-second",
            paramLabel = "N",
            description = "Reads while the engine is measured. Default: ${DEFAULT-VALUE}.")
    private double readsPerSecond = 5;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Jobs of each measured run of the engine. Default: ${DEFAULT-VALUE}.")
    private long jobs = 300_000;

    @Option(
            names = "--bulk-jobs",
            paramLabel = "N",
            description = "Jobs that are enqueued over HTTP, and from Java. Default: ${DEFAULT-VALUE}.")
    private long bulkJobs = 300_000;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Runs of the engine, the median of which counts. Default: ${DEFAULT-VALUE}.")
    private int rounds = 3;

    @Option(
            names = "--hold",
            paramLabel = "MIN",
            description =
                    "Before the retry, says where the API is and holds the data set for so many minutes, for a browser. Default: ${DEFAULT-VALUE}.")
    private int holdMinutes = 0;

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
        Terminal.main(new DatasetBench(), args);
    }

    @Override
    public Integer call() {
        require(running >= 0 && running <= 10_000, "--running must be 0 to 10000");
        require(holdMinutes >= 0, "--hold must not be negative");
        require(times >= 0, "--times must not be negative");
        require(feeds >= 0 && feeds <= 100, "--feeds must be 0 to 100");
        require(rounds >= 1 && rounds <= MOST_ROUNDS, "--rounds must be 1 to " + MOST_ROUNDS);
        require(readsPerSecond > 0, "--reads-per-second must be above 0");
        require(
                Math.min(Math.min(waiting, scheduled), Math.min(dead, history)) >= 0
                        && Math.min(jobs, bulkJobs) >= BULK,
                "numbers of jobs must not be negative, and those that are measured at least " + BULK);
        try (EmbeddedRedis server = new EmbeddedRedis(AppendOnlyFile.OFF);
                BenchRedis redis = new BenchRedis(server.url());
                BenchPostgres postgres = new BenchPostgres()) {
            say("Redis: " + server.program());
            double alone = times == 0 ? 0 : engine(server, redis);
            if (alone > 0) {
                print("engine alone, empty Redis: " + number(alone) + " jobs/s");
            }
            Pool pool = postgres.pool(vertx, CONNECTIONS);
            Flyway.configure()
                    .dataSource("jdbc:" + postgres.url(), postgres.user(), postgres.password())
                    .load()
                    .migrate();
            try (DatasetFill fill = new DatasetFill(server.url(), running)) {
                fill(fill, pool, redis);
                onDataset(fill, server, redis, postgres, alone);
            } finally {
                pool.close().await().atMost(STATEMENT);
            }
        } finally {
            vertx.close();
        }
        return allHold ? 0 : 1;
    }

    private void fill(DatasetFill fill, Pool pool, BenchRedis redis) {
        timed("dead jobs", dead, () -> fill.dead(dead, redis));
        timed("waiting jobs", waiting, () -> fill.waiting(waiting));
        timed("scheduled jobs", scheduled, () -> fill.scheduled(scheduled));
        timed("running jobs", running, () -> fill.running(running));
        timed("rows of history", history, () -> DatasetFill.history(pool, history));
    }

    private void timed(String what, long count, Runnable work) {
        long begun = System.nanoTime();
        work.run();
        say("%d %s in %.1f s".formatted(count, what, (System.nanoTime() - begun) / 1e9));
    }

    private void onDataset(
            DatasetFill fill, EmbeddedRedis server, BenchRedis redis, BenchPostgres postgres, double alone) {
        Map<String, String> settings = Map.of(
                "PENSTOCK_ADMIN_KEY", KEY,
                "PENSTOCK_WORKLOAD_DIAGNOSTICS_ENABLED", "true",
                "PENSTOCK_WORKLOAD_EXAMPLES_ENABLED", "true",
                "PENSTOCK_CALLER_LIMIT_KEY_PERMITS", "100000000",
                "PENSTOCK_CALLER_LIMIT_KEY_BURST", "100000000",
                "PENSTOCK_CALLER_LIMIT_ADDRESS_PERMITS", "1000000",
                "PENSTOCK_CALLER_LIMIT_ADDRESS_BURST", "1000000",
                "PENSTOCK_QUEUE__NOTIFICATION__KEEP_DEAD", "10000000",
                "PENSTOCK_WORKER_QUEUES", "batch-operations");
        try (PackagedProgram api = new PackagedProgram("api", server, postgres, null, settings);
                PackagedWorker worker = new PackagedWorker(server, postgres, null, settings)) {
            say("the API and a worker run, the latter with %.0f MB"
                    .formatted(worker.memory().now()));
            DatasetReads user = new DatasetReads(api.port(), KEY);
            bulk(api, user, fill, redis);
            if (times > 0) {
                besideFeeds(user, server, redis, alone);
            }
            if (holdMinutes > 0) {
                print("console: http://localhost:" + api.port() + "/console, API key " + KEY);
                hold();
            }
            retry(user, redis);
        }
    }

    private void hold() {
        try {
            TimeUnit.MINUTES.sleep(holdMinutes);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void besideFeeds(DatasetReads user, EmbeddedRedis server, BenchRedis redis, double alone) {
        double onData = engine(server, redis);
        print("engine on the data set: " + number(onData) + " jobs/s");
        AtomicBoolean open = new AtomicBoolean(true);
        IntStream.range(0, feeds).forEach(feed -> user.listen(open));
        List<String> paths = user.paths();
        reads(user, paths);
        double withFeeds = engine(server, redis);
        print("engine on the data set, with " + feeds + " feeds: " + number(withFeeds) + " jobs/s");
        Thread reader = user.askOnAndOn(paths, readsPerSecond, open);
        double beside = engine(server, redis);
        open.set(false);
        join(reader);
        print("engine beside it, " + feeds + " feeds and " + readsPerSecond + " reads/s: " + number(beside)
                + " jobs/s");
        bound("engine beside to alone", beside / alone, ">=", LEAST_SHARE, beside / alone >= LEAST_SHARE);
    }

    /** Jobs per second of a worker with 100 slots that finds a full queue, the median of some runs. */
    private double engine(EmbeddedRedis server, BenchRedis redis) {
        RunOptions options = new RunOptions(
                jobs,
                Scenario.WORKER_CONCURRENT.warmUp(),
                Feature.PLAIN,
                BulkProducer.JSON_BYTES,
                1,
                0,
                new RunOptions.SteadyLoad(OptionalDouble.empty(), Duration.ofMinutes(1)),
                new RunOptions.Fleet(1, 1),
                null);
        List<Figures> runs = new ArrayList<>();
        for (int i = 0; i < rounds; i++) {
            runs.add(new Run(Scenario.WORKER_CONCURRENT, server.url(), redis, options).perform());
        }
        Double rate = Figures.median(runs).values().get(Field.JOBS_PER_SECOND);
        if (rate == null) {
            throw new BenchException("the engine was not measured");
        }
        return rate;
    }

    private void reads(DatasetReads user, List<String> paths) {
        List<DatasetReads.Measured> all = new ArrayList<>();
        for (String path : paths) {
            all.add(user.measure(path, times));
        }
        print("%-90s%10s%10s%10s"
                .formatted("read, " + times + " times, " + feeds + " feeds open", "p50 ms", "p99 ms", "max ms"));
        all.stream()
                .sorted(Comparator.comparingDouble(DatasetReads.Measured::p99).reversed())
                .forEach(one -> print(String.format(
                        Locale.ROOT, "%-90s%10.1f%10.1f%10.1f", one.path(), one.p50(), one.p99(), one.most())));
        double worst =
                all.stream().mapToDouble(DatasetReads.Measured::p99).max().orElse(0);
        bound("slowest read, p99 ms", worst, "<=", P99_BOUND_MS, worst <= P99_BOUND_MS);
    }

    /** Over HTTP against Java: both in calls of a hundred, some under way, without anything else. */
    private void bulk(PackagedProgram api, DatasetReads user, DatasetFill fill, BenchRedis redis) {
        String body = body(BULK);
        // A request goes a long way, and what happens once in each is compiled only after thousands of them: a service
        // that has run
        // for some minutes is what is meant.
        calls(user, body(FEW), WARM_UP_CALLS);
        calls(user, body, WARM_UP * bulkJobs / BULK);
        for (int i = 0; i < WARM_UP; i++) {
            fill.enqueueFromJava(bulkJobs, redis);
        }
        Effort java = fill.enqueueFromJava(bulkJobs, redis).perJob(bulkJobs);
        Duration cpu = api.cpu();
        long begun = System.nanoTime();
        calls(user, body, bulkJobs / BULK);
        double seconds = (System.nanoTime() - begun) / 1e9;
        double micros = api.cpu().minus(cpu).toNanos() / 1e3 / bulkJobs;
        print("from Java, " + BULK + " a call: " + number(java.perSecond()) + " jobs/s, " + number(java.clientMicros())
                + " us of CPU per job");
        print("over HTTP, " + BULK + " a call, " + BULK_CALLS + " calls at once: " + number(bulkJobs / seconds)
                + " jobs/s, " + number(micros) + " us of the API's CPU per job");
        bound(
                "HTTP to Java, CPU per job",
                micros / java.clientMicros(),
                "<=",
                MOST_TIMES_JAVA,
                micros <= MOST_TIMES_JAVA * java.clientMicros());
    }

    private static String body(int jobs) {
        return IntStream.range(0, jobs)
                .mapToObj(number -> "{\"payload\":{\"ms\":" + number + "}}")
                .collect(Collectors.joining(",", "{\"jobs\":[", "]}"));
    }

    private static void calls(DatasetReads user, String body, long calls) {
        AtomicLong left = new AtomicLong(calls);
        List<CompletableFuture<Void>> callers = IntStream.range(0, BULK_CALLS)
                .mapToObj(caller -> CompletableFuture.runAsync(() -> {
                    while (left.getAndDecrement() > 0) {
                        user.post("/api/jobs/diagnostics.sleep/bulk", body);
                    }
                }))
                .toList();
        callers.forEach(CompletableFuture::join);
    }

    /** Aborted once, then asked for twice at once: each job is retried exactly once in all. */
    private void retry(DatasetReads user, BenchRedis redis) {
        if (dead == 0) {
            return;
        }
        String all = "{\"action\":\"retry\",\"filter\":{\"queue\":\"" + DatasetFill.DEAD + "\",\"states\":[\"dead\"]}}";
        String first = user.post("/api/bulk-operations", all).path("id").asText();
        user.post("/api/bulk-operations/" + first + "/abort", "");
        ended(user, first);
        long begun = System.nanoTime();
        String second = user.post("/api/bulk-operations", all).path("id").asText();
        String third = user.post("/api/bulk-operations", all).path("id").asText();
        long done = ended(user, second).path("done").asLong()
                + ended(user, third).path("done").asLong();
        double seconds = (System.nanoTime() - begun) / 1e9;
        // What was in hand when it was aborted has been counted by now.
        long aborted = ended(user, first).path("done").asLong();
        done += aborted;
        print("retry of all dead jobs: aborted after " + aborted + ", the rest, asked for twice, in " + number(seconds)
                + " s");
        long left = redis.dead(DatasetFill.DEAD);
        bound(
                "retried in all, with " + left + " dead left",
                (double) done,
                "=",
                (double) dead,
                done == dead && left == 0);
    }

    private static JsonNode ended(DatasetReads user, String id) {
        JsonNode[] latest = new JsonNode[1];
        DatasetFill.await("ended operations", () -> {
            latest[0] = user.get("/api/bulk-operations/" + id);
            return !latest[0].path("state").asText().equals("running");
        });
        return latest[0];
    }

    private void bound(String what, double value, String relation, double limit, boolean holds) {
        allHold &= holds;
        print("%s: %s (bound %s %s) %s"
                .formatted(what, number(value), relation, number(limit), holds ? "holds" : "DOES NOT HOLD"));
    }

    private static String number(double value) {
        return value >= 100 ? String.format(Locale.ROOT, "%,.0f", value) : String.format(Locale.ROOT, "%.3g", value);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        }
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void print(String line) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(line);
        out.flush();
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }
}
