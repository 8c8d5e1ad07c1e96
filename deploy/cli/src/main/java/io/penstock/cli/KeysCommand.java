package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** API keys. */
@Command(name = "keys", description = "Make, list and revoke API keys.", synopsisSubcommandLabel = "COMMAND")
final class KeysCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table TABLE = new Table()
            .column("ID", "id")
            .column("NAME", "name")
            .column("ROLE", "role")
            .column("QUEUES", "queues")
            .column("TENANT", "tenant")
            .column("STATE", row -> row.has("revokedAt") ? "revoked" : "active")
            .column("EXPIRES", row -> Times.instant(row.path("expiresAt")))
            .column("LAST USED", row -> Times.instant(row.path("lastUsedAt")));

    @Command(description = "All keys.")
    int list() {
        return penstock.list(() -> penstock.api().get("/api/keys"), "keys", TABLE);
    }

    @Command(description = "Make a key. It is printed this once.")
    int create(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--role", required = true, description = "viewer, operator or admin") String role,
            @Option(names = "--days", description = "Days until it ends; absent: it does not.") @Nullable Integer days,
            @Option(names = "--queue", description = "A queue it reaches, or its beginning and *; may be repeated.")
                    @Nullable
                    List<String> queues,
            @Option(names = "--tenant", description = "The tenant whose jobs it reaches.") @Nullable String tenant) {
        Map<String, Object> body = new HashMap<>();
        body.put("name", name);
        body.put("role", role);
        if (days != null) {
            body.put("expiresInDays", days);
        }
        if (queues != null && !queues.isEmpty()) {
            body.put("queues", queues);
        }
        if (tenant != null) {
            body.put("tenant", tenant);
        }
        JsonNode answer =
                penstock.api().call("POST", "/api/keys", penstock.api().write(body));
        return penstock.act(answer, answer.path("key").asText());
    }

    @Command(description = "Revoke a key.")
    int revoke(@Parameters(paramLabel = "ID") String id) {
        return penstock.act(penstock.api().call("DELETE", Api.path("/api/keys/%s", id), null), id + " is revoked");
    }
}
