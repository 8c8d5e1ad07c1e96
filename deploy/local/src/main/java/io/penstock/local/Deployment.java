package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.Teardown.Stage;
import java.net.http.HttpClient;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Starts the processes of Penstock on their {@link Ground}, each with the settings it needs and no more. */
final class Deployment {

    private final RunServices services;
    private final HttpClient http;
    private final Teardown teardown;
    private final Map<String, String> common;
    private int workers;

    Deployment(RunServices services, HttpClient http, Teardown teardown) {
        this(services, http, teardown, Map.of());
    }

    /** @param common environment variables that all processes get */
    Deployment(RunServices services, HttpClient http, Teardown teardown, Map<String, String> common) {
        this.common = common;
        this.services = services;
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
                        "PENSTOCK_ADMIN_KEY", services.secrets().adminKey(),
                        "CRON_SECRET", services.secrets().cronSecret(),
                        // This machine's browsers talk to it without TLS.
                        "PENSTOCK_ACCESS_SECURE_COOKIES", "false"));
    }

    RunningDeployable startWorker() {
        workers++;
        return start(
                Stage.WORKERS,
                Deployable.WORKER,
                "worker-" + workers,
                services.ports().next(),
                Map.of(
                        "OFFERS_FEED_URL",
                        services.feed().url(),
                        "OFFERS_FEED_TOKEN",
                        services.feed().token(),
                        "QUARKUS_MAILER_HOST",
                        "127.0.0.1",
                        "QUARKUS_MAILER_PORT",
                        String.valueOf(services.mails().port()),
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
                services.ports().next(),
                Map.of());
    }

    private RunningDeployable start(
            Stage stage, Deployable deployable, String name, int port, Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(services.servers().environment());
        environment.put("PENSTOCK_WORKLOAD_DIAGNOSTICS_ENABLED", "true");
        environment.put("PENSTOCK_CONSOLE_ENVIRONMENT", "local");
        environment.put("PENSTOCK_WORKLOAD_EXAMPLES_ENABLED", "true");
        environment.putAll(common);
        environment.putAll(settings);
        Command command = deployable.command(
                services.installation(),
                name,
                port,
                environment,
                services.files().createData(name));
        Supplier<ChildProcess> start = () ->
                ChildProcess.start(services.installation(), services.files().log(name), command);
        return new RunningDeployable(() -> teardown.own(stage, start), port, http);
    }
}
