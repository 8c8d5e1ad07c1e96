package io.penstock.api.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.penstock.api.TestKeys;
import io.penstock.common.cache.CacheAdvice.Advice;
import io.penstock.common.cache.CacheStats;
import io.penstock.common.cache.RemoteFigures;
import io.penstock.common.report.PerformanceReport;
import io.penstock.common.report.QueuePeriod;
import io.penstock.common.report.ReportStore;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ReportsApiTest {

    private static final Instant SUNDAY = Instant.parse("2026-11-22T03:00:00Z");

    @Inject
    ReportStore reports;

    private PerformanceReport saved() {
        CacheStats stats = new CacheStats(700, 300, 100, 200, 200, 1, 4_000_000, 3, 0, 0, 0);
        PerformanceReport report = new PerformanceReport(
                PerformanceReport.VERSION,
                UUID.randomUUID(),
                SUNDAY,
                SUNDAY.minus(Duration.ofDays(7)),
                SUNDAY,
                List.of(new PerformanceReport.CacheLine("<b>names</b>", stats, 0.8, 0.01, 20)),
                new RemoteFigures(1_234, 10_485_760, 0, 5, 0, 9, 1, 1_000, Map.of("product", 900, "other", 100)),
                List.of(new QueuePeriod("orders", 10_080, 604_740, 1_234_567, 12, 4_321, 17.25, 3, 1, 61_000)),
                List.of(new Advice(
                        "queue/orders", "up to 4321 jobs waited", "run <more> workers", "/api/queues/orders")));
        reports.save(report).await().atMost(Duration.ofSeconds(20));
        reports.save(report).await().atMost(Duration.ofSeconds(20));
        return report;
    }

    @Test
    void aReportIsReadAsJson() {
        PerformanceReport report = saved();

        TestKeys.viewer()
                .get("/api/reports")
                .then()
                .statusCode(200)
                .body("reports.id", hasItem(report.id().toString()))
                .body("reports.find { it.id == '" + report.id() + "' }.recommendations", equalTo(1));
        for (String accept : List.of("application/json", "*/*", "application/json, text/html;q=0.1")) {
            TestKeys.viewer()
                    .header("Accept", accept)
                    .get("/api/reports/" + report.id())
                    .then()
                    .statusCode(200)
                    .contentType(ContentType.JSON)
                    .body("begins", equalTo("2026-11-15T03:00:00Z"))
                    .body("queues[0].completed", equalTo(1_234_567))
                    .body("caches[0].stats.memoryHits", equalTo(700))
                    .body("redis.byNamespace.product", equalTo(900))
                    .body("advice[0].figure", equalTo("up to 4321 jobs waited"))
                    .body("advice", hasSize(1));
        }
    }

    @Test
    void aReportIsReadAsAPageWhoseTextIsEscaped() {
        PerformanceReport report = saved();

        Response page = TestKeys.viewer()
                .header("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
                .get("/api/reports/" + report.id());

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.contentType()).startsWith("text/html");
        assertThat(page.headers().getValues("Content-Security-Policy"))
                .singleElement()
                .asString()
                .contains("style-src");
        assertThat(page.asString())
                .contains("&lt;b&gt;names&lt;/b&gt;", "run &lt;more&gt; workers", "1,234,567", "80.0 %", "10.0 MB")
                .contains("<a href=\"/api/queues/orders\">")
                .doesNotContain("<b>names", "<script");
    }

    @Test
    void aReportIsMadeWhenAskedFor() {
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"days\":1}")
                .post("/api/reports")
                .then()
                .statusCode(202)
                .header("Location", startsWith("http"))
                .body("jobId", notNullValue());
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .post("/api/reports")
                .then()
                .statusCode(202);
    }

    @Test
    void badRequestsAreRefused() {
        TestKeys.viewer().get("/api/reports/not-a-uuid").then().statusCode(404).body("code", equalTo("not-found"));
        TestKeys.viewer().get("/api/reports/" + UUID.randomUUID()).then().statusCode(404);
        TestKeys.viewer().get("/api/reports?limit=0").then().statusCode(400).body("field", equalTo("limit"));
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"days\":400}")
                .post("/api/reports")
                .then()
                .statusCode(400);
        TestKeys.viewer()
                .contentType(ContentType.JSON)
                .post("/api/reports")
                .then()
                .statusCode(403);
    }
}
