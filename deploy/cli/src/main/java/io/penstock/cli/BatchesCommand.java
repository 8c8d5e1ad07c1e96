package io.penstock.cli;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Batches. */
@Command(name = "batches", description = "Look at batches and steer them.", synopsisSubcommandLabel = "COMMAND")
final class BatchesCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table TABLE = new Table()
            .column("ID", "id")
            .column("TYPE", "type")
            .column(
                    "STATUS",
                    row -> row.path("paused").asBoolean()
                            ? "paused"
                            : row.path("status").asText())
            .column("PROGRESS", row -> row.path("progress").asText() + " %")
            .column("TOTAL", "total")
            .column("FAILED", "failed")
            .column("NAME", "name")
            .column("CREATED", row -> Times.instant(row.path("createdAt")))
            .column("ENDS", row -> Times.instant(row.path("estimatedEnd")));

    @Command(description = "The latest batches.")
    int list(
            @Option(names = "--status") @Nullable String status,
            @Option(names = "--type") @Nullable String type,
            @Option(names = "--limit", defaultValue = "50") int limit) {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put("status", status);
        query.put("type", type);
        query.put("limit", limit);
        return penstock.list(() -> penstock.api().get("/api/batches", query), "batches", TABLE);
    }

    @Command(description = "One batch.")
    int show(@Parameters(paramLabel = "ID") String id) {
        return penstock.one(() -> penstock.api().get(Api.path("/api/batches/%s", id)), TABLE);
    }

    @Command(description = "Begin no more items of a batch.")
    int pause(@Parameters(paramLabel = "ID") String id) {
        return act("pause", id, "is paused");
    }

    @Command(description = "Go on with a paused batch.")
    int resume(@Parameters(paramLabel = "ID") String id) {
        return act("resume", id, "goes on");
    }

    @Command(description = "Cancel a batch.")
    int cancel(@Parameters(paramLabel = "ID") String id) {
        return act("cancel", id, "is cancelled");
    }

    @Command(name = "retry-failed", description = "Run the failed items of a batch again.")
    int retryFailed(@Parameters(paramLabel = "ID") String id) {
        return act("retry-failed", id, "runs its failed items again");
    }

    private int act(String verb, String id, String said) {
        return penstock.act(
                penstock.api().call("POST", Api.path("/api/batches/%s/" + verb, id), null), id + " " + said);
    }
}
