package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that fail and calls that work, with every kind of key, and then a look at all that was logged. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class SecretsStayOutOfLogsTest {

    private static final String WRONG = "wrong-key-0123456789-abcdef";
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Handler recorder = new Recorder();
    private final List<Logger> loggers = List.of(Logger.getLogger("io.penstock"), Logger.getLogger("io.quarkus"));
    private final Map<Logger, Level> before = new HashMap<>();

    @BeforeEach
    void listen() {
        loggers.forEach(logger -> before.put(logger, logger.getLevel()));
        Logger.getLogger("").addHandler(recorder);
        loggers.forEach(logger -> logger.setLevel(Level.FINE));
    }

    @AfterEach
    void stopListening() {
        loggers.forEach(logger -> logger.setLevel(before.get(logger)));
        Logger.getLogger("").removeHandler(recorder);
    }

    @Test
    void noKeyIsLogged() {
        String minted = TestKeys.generator("operator");
        for (String key : List.of(TestKeys.ADMIN, TestKeys.CRON, minted, WRONG)) {
            TestKeys.with(key).get("/api/broken");
            TestKeys.with(key).get("/api/broken/queue");
            TestKeys.with(key).get("/api/keys");
            TestKeys.with(key).get("/api/cron?maxPages=0");
            TestKeys.with(key).get("/q/metrics");
            TestKeys.with(key).contentType(ContentType.JSON).body("{").post("/api/jobs/sample.note");
        }

        assertThat(logged).isNotEmpty();
        assertThat(String.join("\n", logged)).doesNotContain(TestKeys.ADMIN, TestKeys.CRON, minted, WRONG);
    }

    @Test
    void noPasswordLinkOrCookieIsLogged() {
        String name = "logged-" + UUID.randomUUID();
        String password = "a password for the logs";
        String id = TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", name, "role", "viewer", "password", password))
                .post("/api/users")
                .then()
                .statusCode(201)
                .extract()
                .path("id");
        String link = TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("userId", id))
                .post("/api/session/links")
                .then()
                .statusCode(201)
                .extract()
                .path("token");
        Response byLink = logIn(Map.of("token", link));
        assertThat(byLink.statusCode()).isEqualTo(200);
        assertThat(logIn(Map.of("token", link)).statusCode()).isEqualTo(401);
        Response byPassword = logIn(Map.of("name", name, "password", password));
        logIn(Map.of("name", name, "password", password + WRONG));
        String cookie = byPassword.cookie("__Host-penstock_session");
        RestAssured.given().cookie("__Host-penstock_session", cookie).get("/api/broken");
        RestAssured.given().cookie("__Host-penstock_session", cookie + "x").get("/api/queues");

        assertThat(String.join("\n", logged))
                .doesNotContain(password, WRONG, link, cookie, byPassword.path("csrfToken"));
    }

    private static Response logIn(Map<String, String> body) {
        return RestAssured.given().contentType(ContentType.JSON).body(body).post("/api/session");
    }

    private final class Recorder extends Handler {

        private final PatternFormatter format = new PatternFormatter("%m %e");

        @Override
        public void publish(LogRecord record) {
            logged.add(format.format(ExtLogRecord.wrap(record)));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
