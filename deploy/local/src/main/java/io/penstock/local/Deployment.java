package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.Teardown.Stage;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Starts the processes of Penstock on their {@link Ground}, each with the settings it needs and no more. */
final class Deployment {

    private final Ground ground;
    private final HttpClient http;
    private final Teardown teardown;
    private int workers;

    Deployment(Ground ground, HttpClient http, Teardown teardown) {
        this.ground = ground;
        this.http = http;
        this.teardown = teardown;
    }

    RunningDeployable startApi(int port) {
        return start(
                Stage.API,
                Deployable.API,
                "api",
                port,
                Map.of(
                        "PENSTOCK_ADMIN_KEY", ground.secrets().adminKey(),
                        "CRON_SECRET", ground.secrets().cronSecret()));
    }

    RunningDeployable startWorker() {
        workers++;
        return start(
                Stage.WORKERS,
                Deployable.WORKER,
                "worker-" + workers,
                ground.ports().next(),
                Map.of(
                        "OFFERS_FEED_URL",
                        ground.feed().url(),
                        "OFFERS_FEED_TOKEN",
                        ground.feed().token(),
                        "QUARKUS_MAILER_HOST",
                        "127.0.0.1",
                        "QUARKUS_MAILER_PORT",
                        String.valueOf(ground.mails().port()),
                        "QUARKUS_MAILER_FROM",
                        "penstock@localhost",
                        "PENSTOCK_OFFERS_ALERT_TO",
                        "operator@localhost"));
    }

    RunningDeployable startScheduler() {
        return start(
                Stage.SCHEDULER,
                Deployable.SCHEDULER,
                "scheduler",
                ground.ports().next(),
                Map.of());
    }

    private RunningDeployable start(
            Stage stage, Deployable deployable, String name, int port, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(ground.servers().environment());
        environment.put("PENSTOCK_DIAGNOSTICS_ENABLED", "true");
        environment.putAll(settings);
        Command command = deployable.command(
                ground.installation(), name, port, environment, ground.files().createData(name));
        Supplier<ChildProcess> start =
                () -> ChildProcess.start(ground.installation(), ground.files().log(name), command);
        return new RunningDeployable(() -> teardown.own(stage, start), port, http);
    }
}
