package io.penstock.api.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The API of schedules, seen by a program that was written from its contract alone: {@code GET /api/tasks},
 * {@code GET /api/tasks/{id}}, {@code GET /api/tasks/{id}/executions}, {@code POST /api/tasks/{id}/execute},
 * {@code PUT /api/tasks/{id}/toggle} with {@code {"isActive": bool}}. Success is {@code status} "success" with {@code data}
 * or {@code message}; failure is {@code status} "failed" with a {@code message} and a 4xx or 5xx. Whoever changes something is
 * an admin.
 */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TaskContractTest {

    /** A schedule as the contract has it; every field that the contract names is here, with its type. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Task(
            String id,
            String name,
            String description,
            String cronExpression,
            String timeZone,
            String jobType,
            Map<String, Object> payload,
            @Nullable String queue,
            Boolean isActive,
            @Nullable Instant lastRun,
            @Nullable Instant nextRun,
            Long executionCount,
            Long failureCount,
            @Nullable Integer maxRetries,
            @Nullable Long timeout,
            String misfirePolicy,
            String overlapPolicy,
            Instant createdAt,
            Instant updatedAt) {}

    /** One run, likewise. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Execution(
            Long id,
            String taskId,
            Instant scheduledFor,
            @Nullable Instant startTime,
            @Nullable Instant endTime,
            String status,
            @Nullable Object result,
            @Nullable String error,
            @Nullable Long executionTime,
            String trigger,
            @Nullable String jobId) {}

    /** What every answer looks like. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record Envelope<T>(String status, @Nullable T data, @Nullable String message) {}

    /** An answer with what came around it. */
    record Told<T>(int httpStatus, String contentType, Envelope<T> envelope) {

        T data() {
            assertThat(httpStatus).isBetween(200, 299);
            assertThat(contentType).startsWith("application/json");
            assertThat(envelope.status()).isEqualTo("success");
            assertThat(envelope.message()).isNull();
            T data = envelope.data();
            assertThat(data).isNotNull();
            return data;
        }

        void isFailed(int withStatus) {
            assertThat(httpStatus).isEqualTo(withStatus);
            assertThat(contentType).startsWith("application/json");
            assertThat(envelope.status()).isEqualTo("failed");
            assertThat(envelope.message()).isNotBlank();
            assertThat(envelope.data()).isNull();
        }
    }

    /** A program of somebody else, who has the contract and a key. */
    static final class Client {

        private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final URI root;
        private final String key;

        Client(URI root, String key) {
            this.root = root;
            this.key = key;
        }

        List<Task> tasks() throws IOException {
            return send("GET", "/api/tasks", "", new TypeReference<Envelope<List<Task>>>() {})
                    .data();
        }

        Task task(String id) throws IOException {
            return send("GET", "/api/tasks/" + id, "", new TypeReference<Envelope<Task>>() {})
                    .data();
        }

        List<Execution> executions(String id) throws IOException {
            return send(
                            "GET",
                            "/api/tasks/" + id + "/executions",
                            "",
                            new TypeReference<Envelope<List<Execution>>>() {})
                    .data();
        }

        Task toggle(String id, boolean isActive) throws IOException {
            return send(
                            "PUT",
                            "/api/tasks/" + id + "/toggle",
                            "{\"isActive\":" + isActive + "}",
                            new TypeReference<Envelope<Task>>() {})
                    .data();
        }

        Map<String, Object> execute(String id) throws IOException {
            return send(
                            "POST",
                            "/api/tasks/" + id + "/execute",
                            "",
                            new TypeReference<Envelope<Map<String, Object>>>() {})
                    .data();
        }

        Told<Object> any(String method, String path, String body) throws IOException {
            return send(method, path, body, new TypeReference<Envelope<Object>>() {});
        }

        private <T> Told<T> send(String method, String path, String body, TypeReference<Envelope<T>> type)
                throws IOException {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + root.getAuthority() + path))
                    .timeout(Duration.ofSeconds(60))
                    .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            if (!key.isEmpty()) {
                request.header("Authorization", "Bearer " + key);
            }
            if (!body.isEmpty()) {
                request.header("Content-Type", "application/json");
            }
            try {
                HttpResponse<String> answer = http.send(request.build(), BodyHandlers.ofString());
                return new Told<>(
                        answer.statusCode(),
                        answer.headers().firstValue("Content-Type").orElse(""),
                        JSON.readValue(answer.body(), type));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static final Set<String> RUN_STATES = Set.of("running", "completed", "failed", "timeout", "skipped");
    private static final Set<String> TRIGGERS = Set.of("cron", "manual", "retry", "catch-up");

    @TestHTTPResource("/")
    URI root;

    @Inject
    Pool pool;

    @BeforeEach
    void oneScheduleWithRuns() throws IOException {
        sql("TRUNCATE scheduled_task, task_execution_log");
        Told<Object> made = admin().any(
                        "POST",
                        "/api/tasks",
                        """
                        {"id":"nightly","name":"Nightly","description":"Says hello","cronExpression":"30 2 * * *",
                         "timeZone":"Europe/Berlin","jobType":"sample.note","payload":{"text":"hello"},"queue":null,
                         "maxRetries":3,"timeout":30000,"misfirePolicy":"fire_once","overlapPolicy":"skip"}""");
        assertThat(made.httpStatus()).isEqualTo(201);
        sql("INSERT INTO task_execution_log (task_id, scheduled_for, trigger, status, step, attend_at)"
                + " SELECT 'nightly', now() - n * interval '1 day', t, s, 'ended', now()"
                + " FROM (VALUES (1, 'cron', 'completed'), (2, 'cron', 'failed'), (3, 'retry', 'timeout'),"
                + " (4, 'catch-up', 'skipped')) AS r (n, t, s)");
    }

    private void sql(String statement) {
        pool.query(statement).execute().await().atMost(Duration.ofSeconds(30));
    }

    private Client client(String role) {
        return new Client(root, role.equals("nobody") ? "" : TestKeys.keyOf(role));
    }

    private Client admin() {
        return client("admin");
    }

    @Test
    void aScheduleHasEveryFieldOfTheContract() throws IOException {
        List<Task> tasks = admin().tasks();

        assertThat(tasks).hasSize(1);
        Task task = tasks.get(0);
        assertThat(task)
                .usingRecursiveComparison()
                .ignoringFields("createdAt", "updatedAt")
                .isEqualTo(new Task(
                        "nightly",
                        "Nightly",
                        "Says hello",
                        "30 2 * * *",
                        "Europe/Berlin",
                        "sample.note",
                        Map.of("text", "hello"),
                        null,
                        true,
                        null,
                        null,
                        0L,
                        0L,
                        3,
                        30_000L,
                        "fire_once",
                        "skip",
                        Instant.EPOCH,
                        Instant.EPOCH));
        assertThat(task.createdAt()).isNotNull();
        assertThat(task.updatedAt()).isNotNull();
        assertThat(admin().task("nightly")).isEqualTo(task);
    }

    @Test
    void runsAreToldInTheWordsOfTheContract() throws IOException {
        List<Execution> runs = admin().executions("nightly");

        assertThat(runs).extracting(Execution::status).containsExactly("completed", "failed", "timeout", "skipped");
        assertThat(runs).extracting(Execution::trigger).containsExactly("cron", "cron", "retry", "catch-up");
        assertThat(runs).allSatisfy(run -> {
            assertThat(run.id()).isNotNull();
            assertThat(run.taskId()).isEqualTo("nightly");
            assertThat(run.scheduledFor()).isNotNull();
            assertThat(RUN_STATES).contains(run.status());
            assertThat(TRIGGERS).contains(run.trigger());
        });
    }

    @Test
    void aScheduleIsSwitchedAndRunNow() throws IOException {
        assertThat(admin().toggle("nightly", false).isActive()).isFalse();
        assertThat(admin().task("nightly").isActive()).isFalse();
        assertThat(admin().toggle("nightly", true).isActive()).isTrue();

        assertThat(admin().execute("nightly")).containsKey("jobId");

        assertThat(admin().executions("nightly").get(0)).satisfies(run -> {
            assertThat(run.trigger()).isEqualTo("manual");
            assertThat(run.status()).isEqualTo("running");
        });
        assertThat(admin().task("nightly").executionCount()).isEqualTo(1);
        assertThat(admin().task("nightly").lastRun()).isNotNull();
    }

    @Test
    void whereThereIsNothingToShowThereIsAMessage() throws IOException {
        Told<Object> gone = admin().any("DELETE", "/api/tasks/nightly", "");

        assertThat(gone.httpStatus()).isEqualTo(200);
        assertThat(gone.envelope().status()).isEqualTo("success");
        assertThat(gone.envelope().message()).isNotBlank();
        assertThat(gone.envelope().data()).isNull();
        assertThat(admin().tasks()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "GET    | /api/tasks/none            |                    | 404",
                "GET    | /api/tasks/No%20Slug       |                    | 404",
                "GET    | /api/tasks/none/executions |                    | 404",
                "POST   | /api/tasks/none/execute    |                    | 404",
                "PUT    | /api/tasks/none/toggle     | {'isActive':true}  | 404",
                "PUT    | /api/tasks/nightly/toggle  | {}                 | 400",
                "PUT    | /api/tasks/nightly/toggle  | {'isActive':null}  | 400",
                "PUT    | /api/tasks/nightly/toggle  | {'isActive':'yes'} | 400",
                "PUT    | /api/tasks/nightly/toggle  | {'isActive':1}     | 400",
                "PUT    | /api/tasks/nightly/toggle  | {'active':true}    | 400",
                "PUT    | /api/tasks/nightly/toggle  | {'isActive':       | 400",
                "PUT    | /api/tasks/nightly/toggle  | []                 | 400",
                "PUT    | /api/tasks/nightly/toggle  |                    | 4xx",
                "GET    | /api/tasks?limit=x         |                    | 400",
                "GET    | /api/tasks/nightly/nothing |                    | 404",
                "GET    | /api/tasks/nightly/execute |                    | 405",
                "DELETE | /api/tasks/nightly/toggle  |                    | 405",
                "POST   | /api/tasks                 | {'id':'nightly','name':'n','cronExpression':'@daily','jobType':'sample.note','payload':{'text':'x'}} | 409",
                "POST   | /api/tasks                 | {'id':'b','name':'n','cronExpression':'61 * * * *','jobType':'sample.note'} | 400",
            })
    void everyFailureHasTheEnvelope(String method, String path, @Nullable String body, String status)
            throws IOException {
        Told<Object> told = admin().any(method, path, body == null ? "" : body.replace('\'', '"'));

        told.isFailed(status.equals("4xx") ? told.httpStatus() : Integer.parseInt(status));
        assertThat(told.httpStatus()).isBetween(400, 499);
        assertThat(admin().task("nightly").isActive()).isTrue();
        assertThat(admin().task("nightly").executionCount()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"nobody, 401, 401", "wrong, 401, 401", "cron, 403, 403", "viewer, 0, 403", "operator, 0, 403"})
    void whoeverIsNoAdminChangesNothing(String role, int reading, int changing) throws IOException {
        Client client = role.equals("wrong") ? new Client(root, "no-key-of-anybody") : client(role);

        Told<Object> read = client.any("GET", "/api/tasks", "");
        if (reading == 0) {
            assertThat(read.data()).isNotNull();
        } else {
            read.isFailed(reading);
        }
        client.any("POST", "/api/tasks/nightly/execute", "").isFailed(changing);
        client.any("PUT", "/api/tasks/nightly/toggle", "{\"isActive\":false}").isFailed(changing);
        client.any("PUT", "/api/tasks/nightly", "{}").isFailed(changing);
        client.any("POST", "/api/tasks", "{}").isFailed(changing);
        client.any("DELETE", "/api/tasks/nightly", "").isFailed(changing);

        assertThat(admin().task("nightly").isActive()).isTrue();
        assertThat(admin().task("nightly").executionCount()).isZero();
        assertThat(admin().executions("nightly")).hasSize(4);
    }
}
