package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Users of the console. Passwords are set there, by a link: a shell remembers what was typed. */
@Command(name = "users", description = "Who can log in, and links to log in by.", synopsisSubcommandLabel = "COMMAND")
final class UsersCommand {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    private static final Table TABLE = new Table()
            .column("ID", "id")
            .column("NAME", "name")
            .column("ROLE", "role")
            .column("STATE", row -> row.path("disabled").asBoolean() ? "paused" : "active")
            .column("LAST LOG-IN", row -> Times.instant(row.path("lastLogInAt")));

    @Command(description = "All users.")
    int list() {
        return penstock.list(() -> penstock.api().get("/api/users"), "users", TABLE);
    }

    @Command(description = "Add a user.")
    int create(
            @Parameters(paramLabel = "NAME") String name,
            @Option(names = "--role", required = true, description = "viewer, operator or admin") String role) {
        String body = penstock.api().write(Map.of("name", name, "role", role));
        JsonNode answer = penstock.api().call("POST", "/api/users", body);
        return penstock.act(answer, answer.path("id").asText());
    }

    @Command(description = "Delete a user.")
    int delete(@Parameters(paramLabel = "ID") String id) {
        return penstock.act(penstock.api().call("DELETE", Api.path("/api/users/%s", id), null), id + " is gone");
    }

    @Command(description = "Make a link that logs in once.")
    int link(
            @Parameters(paramLabel = "ID", arity = "0..1", description = "The user; absent: who holds the admin key.")
                    @Nullable
                    String id,
            @Option(names = "--minutes", defaultValue = "15") int minutes) {
        Map<String, Object> body = new HashMap<>();
        body.put("minutes", minutes);
        if (id != null) {
            body.put("userId", id);
        }
        JsonNode answer =
                penstock.api().call("POST", "/api/session/links", penstock.api().write(body));
        return penstock.act(answer, penstock.api().base() + answer.path("path").asText());
    }
}
