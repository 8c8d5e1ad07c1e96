package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every call that the description of the API lists, with every kind of caller. The roles are those that the description names, so that a
 * call which lets in others than it says, or says nothing, is found, also one that is added tomorrow.
 */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class AccessMatrixTest {

    /** What a key of one tenant is let into; everything else is closed to it. Beside these: calls about one job or batch. */
    private static final Set<String> HEED_THE_SCOPE = Set.of(
            "GET /api/session",
            "GET /api/job-types",
            "GET /api/history",
            "GET /api/history/{jobId}",
            "GET /api/jobs",
            "GET /api/batches",
            "GET /api/batches/types",
            "POST /api/batches",
            "POST /api/jobs/{type}",
            "POST /api/jobs/{type}/bulk",
            "POST /api/jobs/family",
            "GET /api/templates",
            "POST /api/templates",
            "GET /api/templates/{id}",
            "PATCH /api/templates/{id}",
            "DELETE /api/templates/{id}",
            "POST /api/templates/{id}/archive",
            "PUT /api/templates/{id}/favourite",
            "DELETE /api/templates/{id}/favourite",
            "GET /api/templates/{id}/uses",
            "POST /api/templates/{id}/uses",
            "GET /api/templates/{id}/versions",
            "GET /api/templates/categories",
            "POST /api/templates/categories",
            "POST /api/templates/bulk/create",
            "POST /api/templates/bulk/update",
            "POST /api/templates/bulk/impact",
            "POST /api/templates/bulk/predict",
            "GET /api/templates/bulk/operations",
            "GET /api/templates/bulk/operations/{id}",
            "GET /api/templates/bulk/operations/{id}/items",
            "POST /api/templates/bulk/operations/{id}/cancel",
            "GET /api/templates/bulk/backups",
            "GET /api/templates/bulk/backups/{id}",
            "POST /api/templates/bulk/restore",
            "GET /api/templates/bulk/tree");

    /** Not for keys, whatever their role. */
    private static final Set<String> NEED_A_USER = Set.of("PUT /api/session/password");

    private static final Set<String> METHODS = Set.of("get", "post", "put", "patch", "delete");
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    Pool pool;

    @Inject
    ApiKeyCache recent;

    @TestHTTPResource("/")
    URI root;

    private final HttpClient http = HttpClient.newHttpClient();

    /** @param roles empty: open to everybody */
    private record Call(String method, String path, Set<String> roles) {

        String name() {
            return method + " " + path;
        }

        boolean isOfOneThing() {
            return path.startsWith("/api/jobs/{id}") || path.startsWith("/api/batches/{id}");
        }
    }

    @Test
    void everyCallLetsInWhomItsDescriptionNames() {
        List<Call> calls = calls();
        List<String> faults = new ArrayList<>();
        String expired = expiredKey();
        Map<String, String> keys = new TreeMap<>();
        for (Role role : Role.values()) {
            keys.put(role.text(), TestKeys.keyOf(role.text()));
        }
        String ofTenant = scopedKey();
        for (Call call : calls) {
            boolean open = call.roles().isEmpty();
            expect(faults, call, "nobody", null, open ? 0 : 401);
            expect(faults, call, "an expired key", expired, open ? 0 : 401);
            for (Role role : Role.values()) {
                boolean allowed = open || role.grants().stream().anyMatch(call.roles()::contains);
                boolean letIn = allowed && !NEED_A_USER.contains(call.name());
                expect(faults, call, role.text(), keys.get(role.text()), letIn ? 0 : 403);
            }
            if (!open) {
                boolean heeds = HEED_THE_SCOPE.contains(call.name());
                expect(faults, call, "a tenant", ofTenant, call.isOfOneThing() ? 404 : heeds ? 0 : 403);
            }
        }

        assertThat(calls).hasSizeGreaterThan(70);
        assertThat(faults).isEmpty();
    }

    @Test
    void nothingIsOpenButLoggingInAndOutAndLinksOfMails() {
        assertThat(calls().stream().filter(call -> call.roles().isEmpty()).map(Call::name))
                .containsExactlyInAnyOrder(
                        "POST /api/session",
                        "DELETE /api/session",
                        "GET /api/products/unsubscribe/{token}",
                        "POST /api/products/unsubscribe/{token}");
    }

    private void expect(List<String> faults, Call call, String who, String key, int status) {
        int got = statusOf(call, key);
        boolean fits = status == 0 ? got != 401 && got != 403 && got < 500 : got == status;
        // Somebody who is let in may fail to log in.
        boolean failedLogIn = call.name().equals("POST /api/session") && got == 400;
        if (!fits && !failedLogIn) {
            faults.add(call.name() + " with " + who + ": " + got + ", expected "
                    + (status == 0 ? "neither 401, 403 nor 5xx" : status));
        }
    }

    private int statusOf(Call call, String key) {
        String path = call.path().replaceAll("\\{[^}]*}", "unknown");
        HttpRequest.Builder request = HttpRequest.newBuilder(root.resolve(path)).timeout(LIMIT);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        boolean hasBody = !call.method().equals("GET") && !call.method().equals("DELETE");
        if (hasBody) {
            request.header("Content-Type", "application/json");
        }
        request.method(call.method(), hasBody ? BodyPublishers.ofString("{}") : BodyPublishers.noBody());
        try {
            // The status alone: some answers never end.
            HttpResponse<InputStream> answer = http.send(request.build(), BodyHandlers.ofInputStream());
            answer.body().close();
            return answer.statusCode();
        } catch (Exception e) {
            throw new AssertionError(call.name(), e);
        }
    }

    private static List<Call> calls() {
        Map<String, Map<String, Map<String, Object>>> paths = TestKeys.viewer()
                .accept("application/json")
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .path("paths");
        List<Call> calls = new ArrayList<>();
        paths.forEach((path, operations) -> operations.forEach((method, operation) -> {
            if (METHODS.contains(method) && !path.startsWith("/api/broken")) {
                calls.add(new Call(method.toUpperCase(Locale.ROOT), path, rolesOf(path, operation)));
            }
        }));
        return calls;
    }

    private static Set<String> rolesOf(String path, Map<String, Object> operation) {
        Set<String> roles = new HashSet<>();
        Object security = operation.get("security");
        assertThat(security).as("the roles of " + path).isNotNull();
        for (Object alternative : (List<?>) security) {
            for (Object scopes : ((Map<?, ?>) alternative).values()) {
                ((Collection<?>) scopes).forEach(role -> roles.add(String.valueOf(role)));
            }
        }
        return roles;
    }

    private String expiredKey() {
        Map<String, String> made = TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", "expired", "role", "admin"))
                .post("/api/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("");
        UUID id = UUID.fromString(made.get("id"));
        pool.preparedQuery("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1")
                .execute(Tuple.of(id))
                .await()
                .atMost(LIMIT);
        recent.forget(id);
        return made.get("key");
    }

    private static String scopedKey() {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", "of a tenant", "role", "admin", "tenant", "somebody-else"))
                .post("/api/keys")
                .then()
                .statusCode(201)
                .extract()
                .path("key");
    }
}
