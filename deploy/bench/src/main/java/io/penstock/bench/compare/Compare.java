package io.penstock.bench.compare;

import io.penstock.bench.AppendOnlyFile;
import io.penstock.bench.Terminal;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line. The table goes to stdout, everything else to stderr. */
@Command(
        name = "deploy/bench/compare",
        sortOptions = false,
        description = "Runs BullMQ, bee-queue and Penstock in turn on one Redis. See deploy/docs/benchmarks.md.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:measured, whether the targets are met or not",
            "1:could not measure: no Redis there, the database is not empty, jobs failed, a peer cannot be installed",
            "2:wrong arguments"
        })
final class Compare implements Callable<Integer> {

    /** Set by {@code deploy/bench/compare}: the directory of the programs. */
    private static final String HOME_PROPERTY = "penstock.bench.home";

    private static final int MOST_ROUNDS = 100;
    private static final String BOTH = "both";
    private static final Pattern URL = Pattern.compile("rediss?://\\S+");

    @Spec
    @SuppressWarnings("NullAway.Init") // set by picocli
    private CommandSpec spec;

    @Option(
            names = "--redis",
            paramLabel = "URL",
            description = "redis://[:password@]host:port[/database]; absent: a Redis is started for the comparison.")
    private @Nullable String redisUrl;

    @Option(
            names = "--aof",
            paramLabel = "SETTING",
            description = "How the started Redis keeps what it holds: off, everysec or both, one after the other. "
                    + "Default: both.")
    private @Nullable String aof;

    @Option(
            names = "--scenario",
            split = ",",
            paramLabel = "NAME",
            description = "queue-add, queue-add-bulk, worker-concurrent, worker-1, e2e, memory, pickup or "
                    + "worker-upsert; may be given several times. Default: all.")
    private List<String> scenarioNames = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds, 1 to 100. Default: ${DEFAULT-VALUE}.")
    private int rounds = 5;

    @Option(names = "--quick", description = "Few jobs, to try it; the figures mean nothing.")
    private boolean quick;

    @Option(
            names = "--remove-ended",
            description = "Tell the peers to remove ended jobs; by default they keep them all.")
    private boolean removeEnded;

    @Option(names = "--json", description = "One JSON line per setting of the append-only file instead of a table.")
    private boolean json;

    @Option(
            names = "--flush",
            description = "Empty the given database first and between turns (FLUSHDB). "
                    + "Without it, a database that holds anything is refused.")
    private boolean flush;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this and exit.")
    @SuppressWarnings("unused") // asked for by picocli
    private boolean help;

    public static void main(String[] args) {
        Terminal.main(new Compare(), args);
    }

    @Override
    public Integer call() {
        require(rounds >= 1 && rounds <= MOST_ROUNDS, "--rounds must be between 1 and " + MOST_ROUNDS);
        require(redisUrl == null || aof == null, "--aof goes with the Redis started here, not with --redis");
        require(redisUrl != null || !flush, "--flush goes with --redis; the Redis started here is emptied anyway");
        require(
                redisUrl == null || URL.matcher(redisUrl).matches(),
                "--redis must be a URL such as redis://127.0.0.1:6379");
        List<AppendOnlyFile> settings = settings();
        List<Contest> contests = contests();
        double loadBefore = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        if (redisUrl != null) {
            try (ComparedRedis redis = ComparedRedis.given(redisUrl, flush)) {
                print(compare(redis, contests, loadBefore));
            }
            return 0;
        }
        for (AppendOnlyFile setting : settings) {
            try (ComparedRedis redis = ComparedRedis.started(setting)) {
                print(compare(redis, contests, loadBefore));
            }
        }
        return 0;
    }

    private List<AppendOnlyFile> settings() {
        List<AppendOnlyFile> settings = Arrays.stream(AppendOnlyFile.values())
                .filter(file -> aof == null || aof.equals(BOTH) || aof.equals(file.label()))
                .toList();
        require(!settings.isEmpty(), "--aof is '" + aof + "', must be one of off, everysec, both");
        return settings;
    }

    private List<Contest> contests() {
        List<Contest> asked = scenarioNames.isEmpty()
                ? List.of(Contest.values())
                : scenarioNames.stream().map(this::contest).distinct().toList();
        asked.stream()
                .filter(contest -> !contest.isKnown())
                .forEach(contest -> say(contest.label() + " is left out: deploy/bench/run does not have it"));
        return asked.stream().filter(Contest::isKnown).toList();
    }

    private Contest contest(String name) {
        return Contest.named(name)
                .orElseThrow(() -> new ParameterException(
                        spec.commandLine(), "--scenario is '" + name + "', must be one of " + Contest.allLabels()));
    }

    private void require(boolean holds, String message) {
        if (!holds) {
            throw new ParameterException(spec.commandLine(), message);
        }
    }

    private Comparison compare(ComparedRedis redis, List<Contest> contests, double loadBefore) {
        Path home = Path.of(System.getProperty(HOME_PROPERTY));
        Conditions conditions = new Conditions(
                redis.version(),
                redis.persistence(),
                Runtime.getRuntime().availableProcessors(),
                loadBefore,
                rounds,
                new Versions(home.resolve("peers")).all(),
                quick,
                removeEnded);
        say("Redis " + conditions.redis() + ", " + conditions.persistence());
        Referee referee = new Referee(new Programs(home, quick, removeEnded), redis);
        Thread whenInterrupted = new Thread(referee::breakOff, "break-off");
        Runtime.getRuntime().addShutdownHook(whenInterrupted);
        List<Sample> samples = new Rounds(rounds, contests).play(referee, this::tell);
        Runtime.getRuntime().removeShutdownHook(whenInterrupted);
        return new Comparison(conditions, samples);
    }

    private void tell(Sample sample) {
        say(sample.turn() + ": "
                + Arrays.stream(Figure.values())
                        .filter(sample::has)
                        .map(figure -> figure.field() + " " + figure.text(sample.value(figure)))
                        .collect(Collectors.joining(", ")));
    }

    private void print(Comparison comparison) {
        PrintWriter out = spec.commandLine().getOut();
        out.println(json ? new JsonReport(comparison).text() : new MarkdownTable(comparison).text());
        out.flush();
    }

    private void say(String message) {
        spec.commandLine().getErr().println(message);
    }
}
