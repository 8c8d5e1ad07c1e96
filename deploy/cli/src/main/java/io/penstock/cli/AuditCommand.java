package io.penstock.cli;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Who changed what. */
@Command(name = "audit", description = "Look who changed what.")
final class AuditCommand implements Callable<Integer> {

    private static final Table TABLE = new Table()
            .column("AT", row -> Times.instant(row.path("at")))
            .column("ACTOR", "actor")
            .column("ACTION", "action")
            .column("TARGET", "target")
            .column("OUTCOME", "outcome")
            .column("FROM", "address");

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    @Option(names = "--actor", description = "Id or name of who did it.")
    private @Nullable String actor;

    @Option(names = "--action", description = "Such as queues.pause or queues.*")
    private @Nullable String action;

    @Option(names = "--target", description = "What it was done to.")
    private @Nullable String target;

    @Option(names = "--outcome", description = "done, denied, refused or failed")
    private @Nullable String outcome;

    @Option(names = "--limit", defaultValue = "50")
    private int limit;

    @Override
    public Integer call() {
        Map<String, @Nullable Object> query = new HashMap<>();
        query.put("actor", actor);
        query.put("action", action);
        query.put("target", target);
        query.put("outcome", outcome);
        query.put("limit", limit);
        return penstock.list(() -> penstock.api().get("/api/audit", query), "entries", TABLE);
    }
}
