package io.penstock.bench;

import io.penstock.bench.RunOptions.SteadyLoad;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. Figures go to stdout, everything else to stderr. */
@Command(
        name = "deploy/bench/run",
        sortOptions = false,
        description = "Measures Penstock's queue engine against a Redis server. See deploy/docs/benchmarks.md.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured",
            "1:could not measure: no Redis there, the database is not empty, jobs failed",
            "2:wrong arguments"
        })
final class Bench implements Callable<Integer> {

    private static final long MOST_JOBS = 50_000_000;
    private static final int MOST_PARTITIONS = 64;
    private static final int IDLE_WORKERS = 50;
    private static final int IDLE_QUEUES = 10;
    private static final int IDLE_PARTITIONS = 4;
    private static final int MOST_WORKERS = 200;
    private static final int MOST_QUEUES = 50;
    private static final int LEAST_PAYLOAD = 50;
    /** A little below the limit of a payload, {@code penstock.payload-limit}. */
    private static final int MOST_PAYLOAD = 65_000;

    private static final long DEFAULT_BACKLOG = 1_000;
    private static final double DEFAULT_MINUTES = 10;
    private static final double MOST_MINUTES = 1_440;
    private static final double MILLIS_PER_MINUTE = 60_000;
    private static final double MOST_RATE = 1_000_000;
    private static final Pattern URL = Pattern.compile("rediss?://\\S+");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description =
                    "redis://[:password@]host:port[/database]; absent: a Redis without persistence is started for the measurement.")
    private @Nullable String redisUrl;

    @Option(
            names = "--scenario",
            required = true,
            paramLabel = "NAME",
            description = "queue-add, queue-add-bulk, worker-1, worker-concurrent, worker-history, worker-upsert, "
                    + "bare-upsert, e2e, pickup, memory, at-depth, steady, worker-rss, idle, put-off or batch.")
    private String scenarioName = "";

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "Jobs to measure, 1 to 50000000; absent: a number that fits the scenario.")
    private @Nullable Long jobs;

    @Option(
            names = "--warm-up",
            paramLabel = "N",
            description =
                    "Jobs that go the same way before the measured ones; absent: a number that fits the scenario.")
    private @Nullable Long warmUp;

    @Option(
            names = "--feature",
            paramLabel = "NAME",
            description =
                    "What the jobs ask for, in queue-add-bulk, worker-concurrent and memory: plain, own-retry, priorities, "
                            + "tenant-and-tags, expiry, explicit-id, idempotency-key, unique-key, group, kept-result or "
                            + "follow-up. "
                            + "Default: ${DEFAULT-VALUE}.")
    private String featureName = Feature.PLAIN.label();

    @Option(
            names = "--payload",
            paramLabel = "BYTES",
            description = "JSON that a job carries, in queue-add-bulk, worker-concurrent and memory: 50 to 65000. "
                    + "Default: ${DEFAULT-VALUE}.")
    private int payloadBytes = BulkProducer.JSON_BYTES;

    @Option(
            names = "--partitions",
            paramLabel = "N",
            description = "Partitions of the queue, 1 to 64; absent: 1, in idle 4.")
    private @Nullable Integer givenPartitions;

    @Option(names = "--workers", paramLabel = "N", description = "Workers at rest, in idle, 1 to 200; absent: 50.")
    private @Nullable Integer workers;

    @Option(names = "--queues", paramLabel = "N", description = "Queues of each of them, 1 to 50; absent: 10.")
    private @Nullable Integer queues;

    @Option(
            names = "--backlog",
            paramLabel = "N",
            description = "Jobs that wait all the time, in at-depth: 0 to 50000000; absent: 1000.")
    private @Nullable Long backlog;

    @Option(
            names = "--rate",
            paramLabel = "N",
            description = "Jobs per second, in steady; absent: half of the maximum that a calibration finds.")
    private @Nullable Double rate;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "How long the load lasts, in steady, up to 1440; absent: 10.")
    private @Nullable Double minutes;

    @Option(
            names = "--jvm",
            paramLabel = "OPTIONS",
            description =
                    "JVM options of the worker, in worker-rss, separated by blanks; absent: those of deploy/jvm/worker.")
    private @Nullable String jvmOptions;

    @Option(names = "--repeat", paramLabel = "K", description = "Runs, 1 to 1000. Default: ${DEFAULT-VALUE}.")
    private int repeat = 1;

    @Option(names = "--median", description = "One line with the medians of all runs instead of one line per run.")
    private boolean median;

    @Option(names = "--json", description = "One JSON line per run instead of a table.")
    private boolean json;

    @Option(
            names = "--flush",
            description = "Empty the database first (FLUSHDB). Without it, a database that holds anything is refused.")
    private boolean flush;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new Bench(), args);
    }

    @Override
    public Integer call() {
        Scenario scenario = scenario();
        RunOptions options = options(scenario);
        require(repeat >= 1 && repeat <= 1000, "--repeat must be between 1 and 1000");
        if (redisUrl != null) {
            require(URL.matcher(redisUrl).matches(), "--redis must be a URL such as redis://127.0.0.1:6379");
            measure(scenario, redisUrl, options);
            return 0;
        }
        try (EmbeddedRedis embedded = new EmbeddedRedis()) {
            say("no --redis given: measuring against a Redis of its own without persistence, " + embedded.url() + ": "
                    + embedded.program());
            measure(scenario, embedded.url(), options);
            return 0;
        }
    }

    private RunOptions options(Scenario scenario) {
        boolean steady = scenario == Scenario.STEADY;
        require(!steady || jobs == null, "--jobs does not go with steady: --rate and --minutes say how many");
        require(steady || (rate == null && minutes == null), "--rate and --minutes go with steady");
        require(jvmOptions == null || scenario == Scenario.WORKER_RSS, "--jvm goes with worker-rss");
        require(backlog == null || scenario == Scenario.AT_DEPTH, "--backlog goes with at-depth");
        require(
                feature() == Feature.PLAIN
                        || scenario == Scenario.QUEUE_ADD_BULK
                        || scenario == Scenario.WORKER_CONCURRENT
                        || scenario == Scenario.MEMORY,
                "--feature goes with queue-add-bulk, worker-concurrent and memory");
        require(
                payloadBytes >= LEAST_PAYLOAD && payloadBytes <= MOST_PAYLOAD,
                "--payload must be " + LEAST_PAYLOAD + " to " + MOST_PAYLOAD);
        require(
                payloadBytes == BulkProducer.JSON_BYTES
                        || scenario == Scenario.QUEUE_ADD_BULK
                        || scenario == Scenario.WORKER_CONCURRENT
                        || scenario == Scenario.MEMORY,
                "--payload goes with queue-add-bulk, worker-concurrent and memory");
        boolean idle = scenario == Scenario.IDLE;
        require(idle || (workers == null && queues == null), "--workers and --queues go with idle");
        int partitions = orElse(givenPartitions, idle ? IDLE_PARTITIONS : 1);
        require(partitions >= 1 && partitions <= MOST_PARTITIONS, "--partitions must be 1 to " + MOST_PARTITIONS);
        require(
                partitions == 1 || (scenario != Scenario.BARE_UPSERT && scenario != Scenario.WORKER_RSS),
                "--partitions does not go with bare-upsert and worker-rss");
        return new RunOptions(
                steady ? 0 : within("--jobs", 1, jobs, fitting(scenario.defaultJobs())),
                within("--warm-up", 1, warmUp, fitting(scenario.warmUp())),
                feature(),
                payloadBytes,
                partitions,
                within("--backlog", 0, backlog, DEFAULT_BACKLOG),
                load(),
                new RunOptions.Fleet(
                        within("--workers", orElse(workers, IDLE_WORKERS), MOST_WORKERS),
                        within("--queues", orElse(queues, IDLE_QUEUES), MOST_QUEUES)),
                jvmOptions);
    }

    private static int orElse(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private int within(String name, int value, int most) {
        require(value >= 1 && value <= most, name + " must be between 1 and " + most);
        return value;
    }

    /** As many bytes as with the usual payload, so that no server runs out of memory where nobody asked for it. */
    private long fitting(long jobs) {
        return Math.max(1, jobs * BulkProducer.JSON_BYTES / Math.max(payloadBytes, BulkProducer.JSON_BYTES));
    }

    private long within(String name, long least, @Nullable Long given, long otherwise) {
        long value = given == null ? otherwise : given;
        require(value >= least && value <= MOST_JOBS, name + " must be between " + least + " and " + MOST_JOBS);
        return value;
    }

    private SteadyLoad load() {
        double length = minutes == null ? DEFAULT_MINUTES : minutes;
        require(length > 0 && length <= MOST_MINUTES, "--minutes must be above 0 and at most " + MOST_MINUTES);
        require(rate == null || (rate > 0 && rate <= MOST_RATE), "--rate must be above 0 and at most " + MOST_RATE);
        return new SteadyLoad(
                rate == null ? OptionalDouble.empty() : OptionalDouble.of(rate),
                Duration.ofMillis(Math.max(1, Math.round(length * MILLIS_PER_MINUTE))));
    }

    private Scenario scenario() {
        return Scenario.named(scenarioName)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--scenario is '" + scenarioName + "', must be one of " + Scenario.allLabels()));
    }

    private Feature feature() {
        return Feature.named(featureName)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(),
                        "--feature is '" + featureName + "', must be one of " + Feature.allLabels()));
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void measure(Scenario scenario, String url, RunOptions options) {
        try (BenchRedis redis = new BenchRedis(url)) {
            claim(redis);
            List<Figures> runs = new ArrayList<>();
            for (int i = 0; i < repeat; i++) {
                Figures figures = perform(new Run(scenario, url, redis, options));
                runs.add(figures);
                if (!median) {
                    print(figures, i == 0);
                }
            }
            if (median) {
                print(Figures.median(runs), true);
            }
        }
    }

    private Figures perform(Run run) {
        Thread whenInterrupted = new Thread(() -> breakOff(run), "break-off");
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
        Figures figures = run.perform();
        Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        return figures;
    }

    private void breakOff(Run run) {
        try {
            run.breakOff();
        } catch (BenchException e) {
            say("could not clean up: " + e.getMessage());
        }
    }

    /** Figures of a server that holds something else would be wrong, and a benchmark must never meet a live queue. */
    private void claim(BenchRedis redis) {
        if (flush) {
            redis.flush();
        }
        long keys = redis.size();
        if (keys > 0) {
            throw new BenchException("the Redis database holds " + keys
                    + " keys; give an empty one, or --flush to delete everything in this one");
        }
    }

    private void print(Figures figures, boolean first) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? figures.toJson() : figures.toText(first));
        out.flush();
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }
}
