package io.penstock.api.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.audit.AuditStore;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What operators do, and what the audit says of it. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class AuditTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String PASSWORD = "a password of the audit";

    @Inject
    Pool pool;

    @Inject
    AuditStore store;

    @Test
    void tellsWhoDidWhatToWhatAndFromWhere() {
        TestKeys.operator()
                .header("User-Agent", "audit-test/1")
                .post("/api/queues/sample-words/pause")
                .then()
                .statusCode(200);
        TestKeys.operator().post("/api/queues/sample-words/resume").then().statusCode(200);

        audit("action", "queues.pause", "target", "sample-words", "limit", "1")
                .body("entries", hasSize(1))
                .body("entries[0].outcome", equalTo("done"))
                .body("entries[0].status", equalTo(200))
                .body("entries[0].actor", equalTo("a operator of the tests"))
                .body("entries[0].actorKind", equalTo("key"))
                .body("entries[0].role", equalTo("operator"))
                .body("entries[0].address", equalTo("127.0.0.1"))
                .body("entries[0].userAgent", equalTo("audit-test/1"))
                .body("entries[0].before.paused", equalTo(false))
                .body("entries[0].after.paused", equalTo(true))
                .body("entries[0].at", notNullValue());
        audit("action", "queues.*", "target", "sample-words", "limit", "2")
                .body("entries.action", contains("queues.resume", "queues.pause"));
    }

    @Test
    void whatIsDeniedIsTold() {
        String target = "denied-" + UUID.randomUUID();
        TestKeys.viewer().post("/api/queues/" + target + "/pause").then().statusCode(403);

        audit("target", target)
                .body("entries", hasSize(1))
                .body("entries[0].outcome", equalTo("denied"))
                .body("entries[0].action", equalTo("queues.pause"))
                .body("entries[0].role", equalTo("viewer"))
                .body("entries[0].after", nullValue());
        audit("target", target, "outcome", "done").body("entries", empty());
    }

    @Test
    void whatMakesNoSenseOrIsReadIsNot() {
        String target = "unknown-" + UUID.randomUUID();
        TestKeys.operator().post("/api/queues/" + target + "/pause").then().statusCode(404);
        TestKeys.operator().get("/api/queues/" + target).then().statusCode(404);
        RestAssured.given().post("/api/queues/" + target + "/pause").then().statusCode(401);

        audit("target", target).body("entries", empty());
    }

    @Test
    void logInsAreTold() {
        String name = "audit-" + UUID.randomUUID();
        String id = user(name);
        logIn(name, "not the password").statusCode(401);
        String cookie = logIn(name, PASSWORD).statusCode(200).extract().cookie("__Host-penstock_session");

        audit("actor", name, "action", "session.create")
                .body("entries.outcome", contains("done", "denied"))
                .body("entries[0].actorId", equalTo("user:" + id))
                .body("entries[1].actorId", equalTo("unknown"));
        assertThat(cookie).isNotEmpty();
    }

    @Test
    void aChangeOfAUserTellsBeforeAndAfter() {
        String id = user("audit-" + UUID.randomUUID());
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("role", "admin"))
                .put("/api/users/" + id)
                .then()
                .statusCode(200);
        TestKeys.admin().delete("/api/users/" + id).then().statusCode(204);

        audit("target", id)
                .body("entries.action", contains("users.delete", "users.change"))
                .body("entries[1].before.role", equalTo("viewer"))
                .body("entries[1].after.role", equalTo("admin"))
                .body("entries[1].actorId", equalTo("bootstrap-admin"))
                .body("entries[0].before.role", equalTo("admin"));
    }

    @Test
    void noSecretIsInIt() {
        String name = "audit-" + UUID.randomUUID();
        String id = user(name);
        ValidatableResponse logIn = logIn(name, PASSWORD).statusCode(200);
        String link = TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("userId", id))
                .post("/api/session/links")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
        String key = TestKeys.generator("viewer");
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("password", "another " + PASSWORD))
                .put("/api/users/" + id)
                .then()
                .statusCode(200);

        String rows = rows("SELECT coalesce(string_agg(a::text, ' '), '') AS rows FROM audit_log a");

        assertThat(rows)
                .contains(name, "session.links.create", "keys.create")
                .doesNotContain(
                        PASSWORD,
                        link,
                        key,
                        TestKeys.ADMIN,
                        logIn.extract().path("csrfToken"),
                        logIn.extract().cookie("__Host-penstock_session"),
                        "$2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE audit_log SET actor = 'nobody'",
                "DELETE FROM audit_log",
                "TRUNCATE audit_log",
                "TRUNCATE %s",
                "DELETE FROM %s",
            })
    void nothingCanBeTakenBack(String statement) {
        TestKeys.viewer().post("/api/queues/orders/pause").then().statusCode(403);
        String day = "audit_log_" + LocalDate.now(ZoneOffset.UTC).toString().replace("-", "");

        assertThatThrownBy(() ->
                        pool.query(statement.formatted(day)).execute().await().atMost(LIMIT))
                .hasMessageContaining("audit_log takes no");
    }

    @Test
    void oldDaysGoWhole() {
        LocalDate old = LocalDate.of(2001, 2, 3);
        store.ensure(List.of(old)).await().atMost(LIMIT);

        assertThat(store.dropBefore(old.plusDays(1)).await().atMost(LIMIT)).contains(old);
    }

    @Test
    void pagesFollowOneAnother() {
        String target = "paged-" + UUID.randomUUID();
        for (int i = 0; i < 3; i++) {
            TestKeys.viewer().post("/api/queues/" + target + "/pause").then().statusCode(403);
        }

        ValidatableResponse first = audit("target", target, "limit", "2").body("entries", hasSize(2));
        String cursor = first.body("nextCursor", notNullValue()).extract().path("nextCursor");
        ValidatableResponse second = audit("target", target, "limit", "2", "cursor", cursor)
                .body("entries", hasSize(1))
                .body("nextCursor", nullValue());
        List<String> ids = first.extract().path("entries.id");
        assertThat(ids).doesNotContain(second.extract().<String>path("entries[0].id"));

        TestKeys.admin()
                .queryParam("target", "another")
                .queryParam("cursor", cursor)
                .get("/api/audit")
                .then()
                .statusCode(400)
                .body("field", equalTo("cursor"));
    }

    @ParameterizedTest
    @CsvSource({
        "from, yesterday",
        "to, 2026-99-01T00:00:00Z",
        "from, 1999-01-01T00:00:00Z",
        "limit, 1000000",
        "limit, 0",
        "cursor, x",
        "cursor, MSB4",
        "action, '*'",
        "action, a b",
        "outcome, maybe",
        "actor, ''",
        "unknown, 1",
    })
    void aFilterThatIsNoneIsRefused(String name, String value) {
        TestKeys.admin()
                .queryParam(name, value)
                .get("/api/audit")
                .then()
                .statusCode(400)
                .body("field", equalTo(name));
    }

    private static ValidatableResponse audit(String... parameters) {
        var request = TestKeys.admin();
        for (int i = 0; i < parameters.length; i += 2) {
            request.queryParam(parameters[i], parameters[i + 1]);
        }
        return request.get("/api/audit").then().statusCode(200);
    }

    private static String user(String name) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", name, "role", "viewer", "password", PASSWORD))
                .post("/api/users")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
    }

    private static ValidatableResponse logIn(String name, String password) {
        return RestAssured.given()
                .contentType(ContentType.JSON)
                .body(Map.of("name", name, "password", password))
                .post("/api/session")
                .then();
    }

    private String rows(String query) {
        return pool.query(query)
                .execute()
                .map(rows -> rows.iterator().next().getString("rows"))
                .await()
                .atMost(LIMIT);
    }
}
