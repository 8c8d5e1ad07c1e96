package io.penstock.local;

import io.penstock.local.feed.Mischief;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * One run of everything, from the first server to the last process stopped: lays the ground, starts the processes,
 * sweeps the feed once and shows it. With {@code --once} that is all, and there is no scheduler, whose own sweeps would
 * mix with the one that is told about; otherwise the scheduler joins and the run goes on until Ctrl-C.
 */
final class LocalRun {

    /** For all of a run with {@code --once}; without, for how long the first sweep is watched. */
    private static final Duration DEADLINE = Duration.ofMinutes(10);

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final double MILLIS = 1_000;
    private static final String TERMINAL_PROPERTY = "penstock.terminal";

    private final Options options;
    private final Installation installation;
    private final Teardown teardown;
    private final PrintStream out;
    private final Supervisor supervisor;
    private final Instant begin = Instant.now();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    LocalRun(Options options, Installation installation, Teardown teardown, PrintStream out) {
        this.options = options;
        this.installation = installation;
        this.teardown = teardown;
        this.out = out;
        this.supervisor = new Supervisor(teardown, out);
    }

    /** Runs on the terminal's behalf; returns the exit code when all is stopped. */
    static int run(Options options, Installation installation) {
        Teardown teardown = new Teardown();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stopOnSignal(teardown), "stop"));
        try {
            return new LocalRun(options, installation, teardown, System.out).run();
        } catch (LaunchException e) {
            // While stopping, whatever fails fails because it was stopped.
            if (!teardown.isStopping()) {
                System.err.println(e.getMessage());
            }
            return 1;
        } finally {
            teardown.close();
        }
    }

    private static void stopOnSignal(Teardown teardown) {
        if (!teardown.isStopping()) {
            System.out.printf("%nStopping%n");
        }
        teardown.close();
    }

    int run() {
        RunServices services = RunServices.lay(options, installation, Mischief.Plan.sample(), teardown);
        services.servers().processes().forEach(supervisor::watch);
        out.printf("Servers are up; logs are in %s%n", services.files().logs());

        int port = apiPort(services.ports());
        Map<String, String> settings = new HashMap<>(options.demo().settings());
        MarketServices market = options.demo() == Demo.PRODUCTS ? MarketServices.open(services, teardown) : null;
        if (market != null) {
            settings.putAll(market.settings(port));
        }
        Deployment deployment = new Deployment(services, http, teardown, settings);
        RunningDeployable api = deployment.startApi(port);
        startWorkers(deployment, api);
        out.printf(
                Locale.ROOT,
                "API and %d worker%s ready after %.1f s%n",
                options.workers(),
                options.workers() == 1 ? "" : "s",
                seconds());
        LocalApi client = new LocalApi(api.url(), services.secrets(), http);
        if (options.demo() == Demo.ORDERS) {
            return shop(client, deployment, api, services);
        }
        if (options.demo() == Demo.TEMPLATES) {
            return library(client, deployment, api, services);
        }
        if (market != null) {
            return market(client, deployment, api, services, market);
        }
        Sweep sweep = startSweep(client, services.feed());
        if (options.once()) {
            return finish(sweep, services);
        }
        addScheduler(deployment, () -> follow(sweep));
        // The schedule would do this in an hour; until then nothing would be watched for alerts.
        client.mergeConversions();
        out.print(Guide.to(api.url(), services, client.logInLink()));
        supervisor.awaitFailure();
        return 1;
    }

    private int shop(LocalApi client, Deployment deployment, RunningDeployable api, RunServices services) {
        ShopRun shop = new ShopRun(new Crowd(client, new Random()), services.mails(), supervisor::check, out);
        if (options.once()) {
            return shop.once() ? 0 : 1;
        }
        addScheduler(deployment, () -> {});
        out.print(Guide.toShop(api.url(), services));
        shop.forEver();
        return 1;
    }

    private int library(LocalApi client, Deployment deployment, RunningDeployable api, RunServices services) {
        int made = new TemplateLibrary(client).fill();
        out.printf("%d course templates of %s%n", made, String.join(" and ", TemplateLibrary.TENANTS));
        if (options.once()) {
            return 0;
        }
        addScheduler(deployment, () -> {});
        out.print(Guide.toTemplates(api.url(), services, client.logInLink()));
        supervisor.awaitFailure();
        return 1;
    }

    private int market(
            LocalApi client,
            Deployment deployment,
            RunningDeployable api,
            RunServices services,
            MarketServices market) {
        Sellers sellers = new Sellers(client, market, new Random(), Instant.now());
        MarketRun run = new MarketRun(sellers, market, services.mails(), supervisor::check, out);
        if (options.once()) {
            return run.once() ? 0 : 1;
        }
        addScheduler(deployment, () -> {});
        out.print(Guide.toMarket(api.url(), services, client.logInLink()));
        run.forEver();
        return 1;
    }

    private int apiPort(FreePorts ports) {
        Integer asked = options.port();
        if (asked == null) {
            return ports.preferring(Options.USUAL_PORT);
        }
        if (!ports.take(asked)) {
            throw new LaunchException("Port %d is in use; choose another with --port".formatted(asked));
        }
        return asked;
    }

    private void startWorkers(Deployment deployment, RunningDeployable api) {
        List<RunningDeployable> starting = new ArrayList<>(List.of(api));
        for (int worker = 0; worker < options.workers(); worker++) {
            starting.add(deployment.startWorker());
        }
        starting.forEach(RunningDeployable::awaitReady);
        starting.forEach(supervisor::keepRunning);
    }

    private Sweep startSweep(LocalApi api, FeedAddress feed) {
        int pages = Math.min(new FeedPages(http).count(feed), Sweep.MOST_PAGES);
        if (pages < 1) {
            throw new LaunchException("The feed at %s has no active offers".formatted(feed));
        }
        return Sweep.start(api, pages);
    }

    private int finish(Sweep sweep, RunServices services) {
        SweepResult result = follow(sweep);
        out.printf(
                Locale.ROOT,
                "Mails     %d caught%nIn all    %.1f s%n",
                services.mails().caught(),
                seconds());
        return result.everyPageArrived() ? 0 : 1;
    }

    /** The scheduler starts after the first sweep was triggered: its own would hold the same pages. */
    private void addScheduler(Deployment deployment, Runnable meanwhile) {
        RunningDeployable scheduler = deployment.startScheduler();
        meanwhile.run();
        scheduler.awaitReady();
        supervisor.keepRunning(scheduler);
    }

    private SweepResult follow(Sweep sweep) {
        SweepResult result;
        Duration left = DEADLINE.minus(Duration.between(begin, Instant.now()));
        try (SweepDisplay display = SweepDisplay.on(out, Boolean.getBoolean(TERMINAL_PROPERTY), sweep.pages())) {
            result = sweep.follow(display, left, supervisor::check);
        }
        out.printf("%n%s", result.summary());
        return result;
    }

    private double seconds() {
        return Duration.between(begin, Instant.now()).toMillis() / MILLIS;
    }
}
