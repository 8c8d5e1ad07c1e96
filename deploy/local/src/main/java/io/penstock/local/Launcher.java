package io.penstock.local;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command line of {@code deploy/local/up}. */
@Command(
        name = "deploy/local/up",
        description = "Runs all of Penstock on this machine: Redis, PostgreSQL, a sample offer feed, a mail catcher,"
                + " api, worker and scheduler, and sweeps the feed once. Ctrl-C stops everything.",
        mixinStandardHelpOptions = true,
        version = "Penstock local launcher",
        sortOptions = false,
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  OFFERS_FEED_URL, OFFERS_FEED_TOKEN   a feed elsewhere instead of the sample",
            "  REDIS_URL                            a Redis of your own (redis://host:port)",
            "  DATABASE_URL                         a PostgreSQL of your own (postgresql://host:port/database),",
            "                                       with DATABASE_USER and DATABASE_PASSWORD",
            "  PENSTOCK_ADMIN_KEY, CRON_SECRET      keys to use instead of random ones"
        })
final class Launcher implements Callable<Integer> {

    private static final int MOST_WORKERS = 32;
    private static final int LAST_PORT = 65_535;

    @Option(
            names = "--once",
            description =
                    "Run once, print a summary, stop. Exit code 0: every page arrived, every hold ended, or users were"
                            + " told of what moved.")
    private boolean once;

    @Option(names = "--workers", paramLabel = "N", defaultValue = "1", description = "Worker processes (default: 1).")
    private int workers;

    @Option(names = "--port", paramLabel = "P", description = "Port of the API (default: 8080, or a free one).")
    private @Nullable Integer port;

    @Option(
            names = "--demo",
            paramLabel = "D",
            defaultValue = "offers",
            description =
                    "What is shown: offers, a feed that is swept; orders, a ticket shop with a crowd; products, a"
                            + " marketplace that is watched; or templates, two tenants full of course templates"
                            + " (default: offers).")
    private String demo = "offers";

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<String, String> environment;

    Launcher(Map<String, String> environment) {
        this.environment = environment;
    }

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Launcher(System.getenv())).execute(arguments));
    }

    @Override
    public Integer call() {
        return LocalRun.run(options(), Installation.current());
    }

    Options options() {
        if (workers < 1 || workers > MOST_WORKERS) {
            throw invalid("--workers must be between 1 and " + MOST_WORKERS);
        }
        if (port != null && (port < 1 || port > LAST_PORT)) {
            throw invalid("--port must be between 1 and " + LAST_PORT);
        }
        Demo shown = Demo.ofWord(demo).orElseThrow(() -> invalid("--demo must be one of " + Demo.words()));
        return new Options(once, workers, port, shown, environment);
    }

    private ParameterException invalid(String why) {
        return new ParameterException(spec == null ? new CommandLine(this) : spec.commandLine(), why);
    }
}
