package io.penstock.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Worker processes. */
@Command(
        name = "workers",
        description = "Look at worker processes, quiet and stop them.",
        synopsisSubcommandLabel = "COMMAND")
final class WorkersCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table TABLE = new Table()
            .column("ID", "id")
            .column("HOST", "host")
            .column("VERSION", "version")
            .column("STATE", "state")
            .column(
                    "SLOTS",
                    row -> row.at("/slots/used").asText() + "/"
                            + row.at("/slots/total").asText())
            .column("HEARTBEAT", row -> Times.millis(row.path("heartbeatAgeMs")))
            .column("QUEUES", row -> {
                List<String> queues = new ArrayList<>();
                row.path("queues")
                        .forEach(queue -> queues.add(queue.path("queue").asText()));
                return String.join(",", queues);
            });

    @Command(description = "All worker processes.")
    int list() {
        return penstock.list(() -> penstock.api().get("/api/workers"), "workers", TABLE);
    }

    @Command(description = "One worker process.")
    int show(@Parameters(paramLabel = "ID") String id) {
        return penstock.one(() -> penstock.api().get(Api.path("/api/workers/%s", id)), TABLE);
    }

    @Command(description = "Claim no more jobs.")
    int quiet(@Parameters(paramLabel = "ID") String id) {
        return act("quiet", id, "is asked to claim no more");
    }

    @Command(description = "Claim jobs again.")
    int resume(@Parameters(paramLabel = "ID") String id) {
        return act("resume", id, "is asked to go on");
    }

    @Command(description = "End the process as SIGTERM does.")
    int stop(
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--yes", required = true, description = "Yes, stop it.") boolean yes) {
        return act("stop", id, "is asked to stop");
    }

    private int act(String verb, String id, String said) {
        return penstock.act(
                penstock.api().call("POST", Api.path("/api/workers/%s/" + verb, id), null), id + " " + said);
    }
}
