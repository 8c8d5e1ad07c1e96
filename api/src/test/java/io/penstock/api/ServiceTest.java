package io.penstock.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThanOrEqualTo;
import static org.hamcrest.Matchers.hasKey;
import static org.hamcrest.Matchers.hasSize;

import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the process offers besides its resources. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ServiceTest {

    @Test
    void readinessLooksAtRedisAndPostgres() {
        List<String> checks = given().get("/q/health/ready")
                .then()
                .statusCode(200)
                .body("status", equalTo("UP"))
                .extract()
                .path("checks.name");

        assertThat(checks).anyMatch(name -> name.contains("Redis")).anyMatch(name -> name.contains("PostgreSQL"));
    }

    @Test
    void healthTakesNoKey() {
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/health/started").then().statusCode(200);
        given().get("/q/health").then().statusCode(200);
    }

    @Test
    void answersCarrySecurityHeaders() {
        for (String path : List.of("/api/queues", "/api/nothing", "/q/health/live", "/q/metrics")) {
            given().get(path)
                    .then()
                    .header("X-Content-Type-Options", "nosniff")
                    .header("X-Frame-Options", "DENY")
                    .header("Referrer-Policy", "no-referrer")
                    .header("Cache-Control", "no-store")
                    .header("Content-Security-Policy", equalTo("default-src 'none'; frame-ancestors 'none'"));
        }
    }

    @Test
    void theDescriptionIsComplete() {
        Map<String, Map<String, Map<String, Object>>> paths = TestKeys.viewer()
                .accept("application/json")
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("info.title", equalTo("Penstock"))
                .body("components.securitySchemes.key.scheme", equalTo("bearer"))
                .body("components.schemas", hasKey("Problem"))
                .body("paths.'/api/cron'.get.parameters", hasSize(5))
                .body("paths.'/api/offers'.get.parameters", hasSize(greaterThanOrEqualTo(7)))
                .extract()
                .path("paths");

        assertThat(paths.keySet())
                .contains(
                        "/api/cron",
                        "/api/jobs/{type}",
                        "/api/jobs/{type}/bulk",
                        "/api/jobs/{id}",
                        "/api/jobs/{id}/result",
                        "/api/jobs/{id}/progress",
                        "/api/jobs/{id}/log",
                        "/api/jobs/{id}/cancel",
                        "/api/jobs/{id}/retry",
                        "/api/jobs/{id}/run-now",
                        "/api/queues/{queue}/drain",
                        "/api/queues/{queue}/purge",
                        "/api/queues/{queue}/limits",
                        "/api/queues/{queue}/paused-groups",
                        "/api/bulk-operations",
                        "/api/bulk-operations/{id}",
                        "/api/bulk-operations/{id}/abort",
                        "/api/job-types",
                        "/api/queues",
                        "/api/queues/{queue}",
                        "/api/queues/{queue}/pause",
                        "/api/queues/{queue}/resume",
                        "/api/offers",
                        "/api/offers/{id}",
                        "/api/offers/{id}/history",
                        "/api/offers/sweeps/{batchId}",
                        "/api/tasks",
                        "/api/tasks/{id}",
                        "/api/tasks/{id}/executions",
                        "/api/tasks/preview",
                        "/api/alerts",
                        "/api/health-checks",
                        "/api/history",
                        "/api/history/{jobId}",
                        "/api/history/errors",
                        "/api/keys",
                        "/api/keys/{id}");
        paths.forEach((path, methods) -> methods.forEach((method, operation) -> {
            if (!path.startsWith("/api/broken")) {
                assertThat(operation).as(method + " " + path).containsKeys("summary", "responses", "tags");
            }
        }));
    }
}
