package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Jobs. */
@Command(name = "jobs", description = "Find, enqueue and steer jobs.", synopsisSubcommandLabel = "COMMAND")
final class JobsCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table LIST = new Table()
            .column("ID", "id")
            .column("TYPE", "type")
            .column("QUEUE", "queue")
            .column("STATE", "state")
            .column("ATTEMPTS", row -> Table.text(row.path("attempts")) + "/" + Table.text(row.path("maxAttempts")))
            .column("AT", row -> Times.instant(row.path("at")))
            .column("ERROR", row -> firstLine(row.path("error")));

    private static final Table ONE = new Table()
            .column("id", "id")
            .column("type", "type")
            .column("queue", "queue")
            .column("state", "state")
            .column("attempts", row -> Table.text(row.path("attempts")) + " of " + Table.text(row.path("maxAttempts")))
            .column("tenant", "tenant")
            .column("enqueued", row -> Times.instant(row.path("enqueuedAt")))
            .column("due", row -> Times.instant(row.path("dueAt")))
            .column("started", row -> Times.instant(row.path("startedAt")))
            .column("finished", row -> Times.instant(row.path("finishedAt")))
            .column("worker", "worker")
            .column("payload", "payload")
            .column("result", "result")
            .column("error", row -> firstLine(row.path("error")))
            .column("version", "version");

    private static final Table ERRORS = new Table()
            .column("COUNT", "count/count")
            .column("TYPE", "type")
            .column("LAST SEEN", row -> Times.instant(row.path("lastSeen")))
            .column("FINGERPRINT", "fingerprint")
            .column("ERROR", row -> firstLine(row.path("sample")));

    @Command(description = "Jobs of a state, a queue, a type.")
    int list(
            @Option(names = "--state", description = "Such as waiting, active, scheduled, dead, completed.") @Nullable
                    String state,
            @Option(names = "--queue") @Nullable String queue,
            @Option(names = "--type") @Nullable String type,
            @Option(names = "--tenant") @Nullable String tenant,
            @Option(names = "--error", description = "Part of the error.") @Nullable String error,
            @Option(names = "--limit", defaultValue = "50") int limit) {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put("state", state);
        query.put("queue", queue);
        query.put("type", type);
        query.put("tenant", tenant);
        query.put("error", error);
        query.put("limit", limit);
        return penstock.list(() -> penstock.api().get("/api/jobs", query), "jobs", LIST);
    }

    @Command(description = "One job.")
    int show(@Parameters(paramLabel = "ID") String id) {
        return penstock.one(() -> penstock.api().get(Api.path("/api/jobs/%s", id)), ONE);
    }

    @Command(description = "Errors of dead jobs, grouped.")
    int errors(@Option(names = "--queue") @Nullable String queue, @Option(names = "--type") @Nullable String type) {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put("queue", queue);
        query.put("type", type);
        return penstock.list(() -> penstock.api().get("/api/jobs/errors", query), "groups", ERRORS);
    }

    @Command(description = "Enqueue a job.")
    int enqueue(
            @Parameters(paramLabel = "TYPE") String type,
            @Parameters(
                            paramLabel = "PAYLOAD",
                            arity = "0..1",
                            description = "JSON, @file, or - for standard input; absent: {}")
                    @Nullable
                    String payload,
            @Option(names = "--options", paramLabel = "JSON", description = "Such as {\"delayMs\":5000}.") @Nullable
                    String options) {
        String body = "{\"payload\":" + penstock.body(payload)
                + (options == null ? "" : ",\"options\":" + penstock.body(options)) + "}";
        JsonNode answer = penstock.api().call("POST", Api.path("/api/jobs/%s", type), body);
        return penstock.act(answer, answer.path("jobId").asText());
    }

    @Command(description = "Wait for a job's result.")
    int result(
            @Parameters(paramLabel = "ID") String id,
            @Option(names = "--wait", defaultValue = "30s", description = "Such as 30s; default 30s.") String wait) {
        JsonNode answer = penstock.api().get(Api.path("/api/jobs/%s/result", id), Map.of("wait", wait));
        return penstock.act(
                answer,
                answer.has("result")
                        ? Table.text(answer.path("result"))
                        : id + " is " + answer.path("state").asText());
    }

    @Command(description = "The lines a job wrote.")
    int log(@Parameters(paramLabel = "ID") String id) {
        return penstock.list(
                () -> penstock.api().get(Api.path("/api/jobs/%s/log", id)),
                "lines",
                new Table()
                        .column("AT", row -> Times.instant(row.path("at")))
                        .column("ATTEMPT", "attempt")
                        .column("LINE", row -> Table.text(row.has("text") ? row.path("text") : row.path("line"))));
    }

    @Command(description = "Cancel a job.")
    int cancel(@Parameters(paramLabel = "ID") String id) {
        return act("POST", "/api/jobs/%s/cancel", id, null, "is cancelled, or asked to stop");
    }

    @Command(description = "Bring a dead job back.")
    int retry(@Parameters(paramLabel = "ID") String id) {
        return act("POST", "/api/jobs/%s/retry", id, "{}", "lines up again");
    }

    @Command(name = "run-now", description = "Run a job now that waits for its time.")
    int runNow(@Parameters(paramLabel = "ID") String id) {
        return act("POST", "/api/jobs/%s/run-now", id, null, "is ready");
    }

    @Command(description = "Delete a job that does not run.")
    int delete(@Parameters(paramLabel = "ID") String id) {
        return act("DELETE", "/api/jobs/%s", id, null, "is gone");
    }

    private int act(String method, String path, String id, @Nullable String body, String said) {
        return penstock.act(penstock.api().call(method, Api.path(path, id), body), id + " " + said);
    }

    private static String firstLine(JsonNode text) {
        return Table.text(text).lines().findFirst().orElse("");
    }
}
