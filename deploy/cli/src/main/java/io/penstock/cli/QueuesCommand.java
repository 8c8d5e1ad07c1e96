package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Queues. */
@Command(
        name = "queues",
        description = "Look at queues, pause and resume them, drop what waits.",
        synopsisSubcommandLabel = "COMMAND")
final class QueuesCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static Table table() {
        return new Table()
                .column("QUEUE", "queue")
                .column("WAITING", "waiting")
                .column("ACTIVE", "active")
                .column("SCHEDULED", "scheduled")
                .column("DEAD", "dead")
                .column("COMPLETED", "completed")
                .column("OLDEST WAIT", row -> Times.millis(row.path("oldestWaitMs")))
                .column("STATE", row -> row.path("paused").asBoolean() ? "paused" : "running");
    }

    @Command(description = "All queues.")
    int list() {
        return penstock.list(() -> penstock.api().get("/api/queues"), "queues", table());
    }

    @Command(description = "One queue.")
    int show(@Parameters(paramLabel = "QUEUE") String queue) {
        return penstock.one(
                () -> {
                    JsonNode answer = penstock.api().get(Api.path("/api/queues/%s", queue));
                    JsonNode status = answer.path("status");
                    return status.isObject() ? status : answer;
                },
                table());
    }

    @Command(description = "Start no more jobs of a queue.")
    int pause(@Parameters(paramLabel = "QUEUE") String queue) {
        return penstock.act(post("/api/queues/%s/pause", queue, null), queue + " is paused");
    }

    @Command(description = "Start jobs of a queue again.")
    int resume(@Parameters(paramLabel = "QUEUE") String queue) {
        return penstock.act(post("/api/queues/%s/resume", queue, null), queue + " runs again");
    }

    @Command(description = "Drop the jobs that wait in a queue.")
    int drain(
            @Parameters(paramLabel = "QUEUE") String queue,
            @Option(names = "--delayed", description = "Those that wait for their time, too.") boolean delayed,
            @Option(names = "--yes", required = true, description = "Yes, drop them.") boolean yes) {
        String body = penstock.api().write(Map.of("jobs", delayed ? "waiting-and-delayed" : "waiting"));
        JsonNode answer = post("/api/queues/%s/drain", queue, body);
        return penstock.act(
                answer,
                answer.path("jobs").asLong() + " jobs of " + queue + " are gone"
                        + (answer.path("more").asBoolean() ? "; there are more, run it again" : ""));
    }

    private JsonNode post(String path, String queue, @Nullable String body) {
        return penstock.api().call("POST", Api.path(path, queue), body);
    }
}
