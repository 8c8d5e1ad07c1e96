package io.penstock.api.problem;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What callers hear while PostgreSQL does not answer: every table is locked, so that statements wait as long as they may. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class DatabaseAwayTest {

    /** {@code penstock.database.deadline} and a busy machine. */
    private static final Duration LONGEST = Duration.ofSeconds(9);

    private static final String[] CALLS = {
        "/api/tasks",
        "/api/tasks/none",
        "/api/offers",
        "/api/offers/1/history",
        "/api/outbox",
        "/api/outbox/dead-letters",
        "/api/health-checks",
        "/api/alerts",
        "/api/history",
        "/api/history/errors",
        "/api/bulk-operations",
        "/api/bulk-operations/none"
    };

    /** An answer and how long it took. */
    private record Heard(Response response, Duration after) {}

    @Test
    void everyCallThatNeedsItIsToldWithinTheDeadline() throws SQLException {
        // The key is known from now on.
        TestKeys.viewer().get("/api/job-types").then().statusCode(200);
        TestKeys.admin().get("/api/job-types").then().statusCode(200);
        Map<String, CompletableFuture<Heard>> calls = new LinkedHashMap<>();
        CompletableFuture<Heard> write;
        try (Connection connection = DriverManager.getConnection(
                "jdbc:postgresql://" + EmbeddedServers.postgresAddress(), "postgres", "postgres")) {
            connection.setAutoCommit(false);
            lockEveryTable(connection);
            for (String call : CALLS) {
                calls.put(
                        call,
                        CompletableFuture.supplyAsync(
                                () -> heard(() -> TestKeys.viewer().get(call))));
            }
            write = CompletableFuture.supplyAsync(
                    () -> heard(() -> TestKeys.admin().delete("/api/outbox/dead-letters/1")));
            calls.values().forEach(CompletableFuture::join);
            write.join();
            connection.rollback();
        }

        calls.forEach((call, future) -> {
            Heard heard = future.join();
            assertThat(heard.response().statusCode()).as(call).isIn(503, 404);
            if (!call.endsWith("none")) {
                assertThat(heard.response().statusCode()).as(call).isEqualTo(503);
            }
            assertThat(heard.after()).as(call).isLessThan(LONGEST);
        });
        assertThat(calls.get("/api/history").join().response().path("code").toString())
                .isEqualTo("database-unavailable");
        assertThat(calls.get("/api/tasks").join().response().path("status").toString())
                .isEqualTo("failed");
        // It had a connection and sent a statement.
        assertThat(write.join().response().statusCode()).isEqualTo(503);
        assertThat(write.join().response().path("effect").toString()).isEqualTo("unknown");
        assertThat(calls.get("/api/history").join().response().path("effect").toString())
                .isEqualTo("none");
        TestKeys.viewer().get("/api/tasks").then().statusCode(200);
    }

    private static Heard heard(Supplier<Response> call) {
        long begin = System.nanoTime();
        Response response = call.get();
        return new Heard(response, Duration.ofNanos(System.nanoTime() - begin));
    }

    private static void lockEveryTable(Connection connection) throws SQLException {
        StringJoiner tables = new StringJoiner(", ");
        try (Statement sql = connection.createStatement()) {
            try (ResultSet found = sql.executeQuery(
                    "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('api_keys')")) {
                while (found.next()) {
                    tables.add('"' + found.getString(1) + '"');
                }
            }
            sql.execute("LOCK TABLE " + tables + " IN ACCESS EXCLUSIVE MODE");
        }
    }
}
