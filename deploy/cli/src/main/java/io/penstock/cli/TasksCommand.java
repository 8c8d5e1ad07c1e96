package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Schedules. */
@Command(
        name = "tasks",
        description = "Look at schedules, run them now, switch them.",
        synopsisSubcommandLabel = "COMMAND")
final class TasksCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table TABLE = new Table()
            .column("ID", "id")
            .column("EXPRESSION", "cronExpression")
            .column("ZONE", "timeZone")
            .column("JOB TYPE", "jobType")
            .column(
                    "STATE",
                    row -> row.path("suspended").asBoolean()
                                    || !row.path("isActive").asBoolean()
                            ? "paused"
                            : "active")
            .column("LAST RUN", row -> Times.instant(row.path("lastRun")))
            .column("NEXT RUN", row -> Times.instant(row.path("nextRun")))
            .column("FAILED", "failureCount")
            .column("ERROR", "error");

    private static final Table RUNS = new Table()
            .column("DUE", row -> Times.instant(row.path("scheduledFor")))
            .column("STATUS", "status")
            .column("TRIGGER", "trigger")
            .column("TOOK", row -> Times.millis(row.path("executionTime")))
            .column("JOB", "jobId")
            .column("ERROR", "error");

    @Command(description = "All schedules.")
    int list() {
        return penstock.list(() -> penstock.api().get("/api/tasks", Map.of("limit", 500)), "data", TABLE);
    }

    @Command(description = "One schedule.")
    int show(@Parameters(paramLabel = "ID") String id) {
        return penstock.one(
                () -> penstock.api().get(Api.path("/api/tasks/%s", id)).path("data"), TABLE);
    }

    @Command(description = "The latest runs of a schedule.")
    int runs(@Parameters(paramLabel = "ID") String id) {
        return penstock.list(() -> penstock.api().get(Api.path("/api/tasks/%s/executions", id)), "data", RUNS);
    }

    @Command(description = "Run a schedule now.")
    int run(@Parameters(paramLabel = "ID") String id) {
        return penstock.act(penstock.api().call("POST", Api.path("/api/tasks/%s/execute", id), null), id + " runs now");
    }

    @Command(description = "Switch a schedule on.")
    int on(@Parameters(paramLabel = "ID") String id) {
        return penstock.act(toggle(id, true), id + " is on");
    }

    @Command(description = "Switch a schedule off.")
    int off(@Parameters(paramLabel = "ID") String id) {
        return penstock.act(toggle(id, false), id + " is off");
    }

    private JsonNode toggle(String id, boolean active) {
        String body = penstock.api().write(Map.of("isActive", active));
        return penstock.api().call("PUT", Api.path("/api/tasks/%s/toggle", id), body);
    }
}
