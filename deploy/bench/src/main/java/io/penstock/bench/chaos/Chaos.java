package io.penstock.bench.chaos;

import io.penstock.bench.StartUp;
import io.penstock.bench.Terminal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. The account goes to stdout, everything else to stderr. */
@Command(
        name = "deploy/bench/chaos",
        sortOptions = false,
        description = "Runs producers and workers under faults and accounts for every job. See deploy/docs/chaos.md.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:every promise holds", "1:a promise is broken, or the run failed", "2:wrong arguments"})
final class Chaos implements Callable<Integer> {

    /** Held, because a logger that nobody holds forgets its level. */
    private static final Logger ENGINE = Logger.getLogger("io.penstock");

    private static final Logger CONNECTIONS = Logger.getLogger("io.vertx");
    /** It complains when a server that has crashed cannot be stopped. */
    private static final Logger POSTGRES = Logger.getLogger("io.zonky");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(names = "--jobs", paramLabel = "N", description = "Jobs to be accepted. Default: ${DEFAULT-VALUE}.")
    private int jobs = 20_000;

    @Option(
            names = "--producers",
            paramLabel = "N",
            description = "Producer processes, 1 to 20. Default: ${DEFAULT-VALUE}.")
    private int producers = 3;

    @Option(
            names = "--workers",
            paramLabel = "N",
            description = "Worker processes, 2 to 20. Default: ${DEFAULT-VALUE}.")
    private int workers = 4;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long faults strike, 5 to 86400. Default: ${DEFAULT-VALUE}.")
    private int seconds = 180;

    @Option(
            names = "--every-ms",
            paramLabel = "MS",
            description = "Time between two faults, 10 or more. Default: ${DEFAULT-VALUE}.")
    private int everyMs = 250;

    @Option(
            names = "--lease-ms",
            paramLabel = "MS",
            description = "Lease of the workers, 1000 or more. Default: ${DEFAULT-VALUE}.")
    private int leaseMs = 2_000;

    @Option(
            names = "--at-once",
            paramLabel = "N",
            description = "Jobs of calls a producer has under way at most, 1 or more; while Redis is away they pile up"
                    + " like the requests of an API. Default: ${DEFAULT-VALUE}.")
    private int atOnce = 400;

    @Option(
            names = "--max-stalls",
            paramLabel = "N",
            description =
                    "How often a job may lose its worker before it is dead, 0 or more. Default: ${DEFAULT-VALUE}.")
    private int maxStalls = 3;

    @Option(
            names = "--deadline-ms",
            paramLabel = "MS",
            description = "Within which a producer must have its answer, 100 or more. Default: ${DEFAULT-VALUE}.")
    private int deadlineMs = 2_000;

    @Option(
            names = "--fsync",
            paramLabel = "WHEN",
            description = "appendfsync of Redis: always or everysec. Default: ${DEFAULT-VALUE}.")
    private String fsync = "always";

    @Option(
            names = "--ground",
            paramLabel = "KIND",
            description = "What to run on: one (server), sentinel (with 3 servers) or cluster (of 3 masters with a"
                    + " replica each). Default: ${DEFAULT-VALUE}.")
    private String topology = "one";

    @Option(names = "--seed", paramLabel = "N", description = "Of all that is drawn; absent: another one each time.")
    private @Nullable Long seed;

    @Option(
            names = "--old-bench",
            paramLabel = "JAR",
            description = "penstock-bench.jar of an older build, with its libraries, for half of the workers.")
    private @Nullable Path oldBench;

    @Option(names = "--keep", description = "Keep what the processes wrote, and say where.")
    private boolean keep;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    public static void main(String[] args) {
        StartUp.once();
        Terminal.main(new Chaos(), args);
    }

    @Override
    public Integer call() {
        Plan plan = plan();
        // What the engine says under fire would bury the account.
        ENGINE.setLevel(Level.OFF);
        CONNECTIONS.setLevel(Level.OFF);
        POSTGRES.setLevel(Level.OFF);
        Path directory = ChaosRun.newDirectory();
        boolean holds = false;
        try (Topology topology = plan.newGround()) {
            Thread whenInterrupted = new Thread(topology::close, "stop-redis");
            Runtime.getRuntime().addShutdownHook(whenInterrupted);
            say("seed " + plan.seed());
            ChaosRun.Result result = new ChaosRun(plan, topology, directory, this::say).perform();
            holds = new Report(spec.commandLine().getOut()).print(plan, topology, result);
            return holds ? 0 : 1;
        } finally {
            if (keep || !holds) {
                say("what the processes wrote is in " + directory);
            } else {
                RedisProcess.remove(directory);
            }
        }
    }

    private Plan plan() {
        require(jobs >= 1 && jobs <= 5_000_000, "--jobs must be between 1 and 5000000");
        require(producers >= 1 && producers <= 20, "--producers must be between 1 and 20");
        require(workers >= 2 && workers <= 20, "--workers must be between 2 and 20");
        require(seconds >= 5 && seconds <= 86_400, "--seconds must be between 5 and 86400");
        require(everyMs >= 10, "--every-ms must be at least 10");
        require(leaseMs >= 1_000, "--lease-ms must be at least 1000");
        require(maxStalls >= 0, "--max-stalls must be at least 0");
        require(atOnce >= 1, "--at-once must be at least 1");
        require(deadlineMs >= 100, "--deadline-ms must be at least 100");
        require(List.of("always", "everysec").contains(fsync), "--fsync must be always or everysec");
        require(List.of("one", "sentinel", "cluster").contains(topology), "--ground must be one, sentinel or cluster");
        require(oldBench == null || Files.isRegularFile(oldBench), "--old-bench must be a jar");
        return new Plan(
                jobs,
                producers,
                workers,
                Duration.ofSeconds(seconds),
                Duration.ofMillis(everyMs),
                seed == null ? new Random().nextLong(1_000_000) : seed,
                Duration.ofMillis(leaseMs),
                maxStalls,
                atOnce,
                Duration.ofMillis(deadlineMs),
                SingleServerTopology.Fsync.valueOf(fsync.toUpperCase(Locale.ROOT)),
                Topology.Kind.valueOf(topology.toUpperCase(Locale.ROOT)),
                Optional.ofNullable(oldBench));
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }
}
