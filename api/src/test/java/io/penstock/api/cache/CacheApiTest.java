package io.penstock.api.cache;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItems;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.startsWith;

import io.penstock.api.TestKeys;
import io.penstock.common.cache.CacheStatsReporter;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class CacheApiTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Inject
    TieredCaches caches;

    @Inject
    CacheStatsReporter reporter;

    @SuppressWarnings("unchecked")
    private TieredCache<String, String> names() {
        return (TieredCache<String, String>) caches.find("sample-names").orElseThrow();
    }

    private String read(String id) {
        return names().get(id).await().atMost(LIMIT);
    }

    private static Response post(String path, String body) {
        return TestKeys.operator().contentType(ContentType.JSON).body(body).post("/api/cache/" + path);
    }

    @Test
    void showsEveryCacheWithItsFigures() {
        read("figures");
        read("figures");
        reporter.runOnce().await().atMost(LIMIT);

        TestKeys.viewer()
                .get("/api/cache")
                .then()
                .statusCode(200)
                .body("complete", equalTo(true))
                .body("caches.name", hasItems("sample-names", "sample-cold"))
                .body("caches.find { it.name == 'sample-names' }.tier", equalTo("hybrid"))
                .body("caches.find { it.name == 'sample-names' }.ttlSeconds", equalTo(3600))
                .body("caches.find { it.name == 'sample-names' }.last24h.loads", greaterThan(0))
                .body("caches.find { it.name == 'sample-names' }.last24h.memoryHits", greaterThan(0))
                .body("caches.find { it.name == 'sample-names' }.memoryEntries", greaterThan(0))
                .body("redis.keys", greaterThan(0))
                .body("redis.usedBytes", greaterThan(0))
                .body("redis.sampled", equalTo(1_000))
                .body("recommendations", notNullValue());
        assertThat(TestKeys.viewer().get("/q/metrics").asString())
                .containsPattern("penstock_cache_hits_total\\{cache=\"sample-names\",tier=\"memory\"} [1-9]");
    }

    @Test
    void invalidatesByPattern() {
        read("p1");
        read("p2");
        await().until(() -> names().stats().loads() > 0);

        await().untilAsserted(() -> {
            read("p1");
            post("invalidate", "{\"pattern\":\"user:sample:p*\"}")
                    .then()
                    .statusCode(200)
                    .body("removed", greaterThan(0));
        });
        long loads = names().stats().loads();
        read("p1");
        assertThat(names().stats().loads()).isEqualTo(loads + 1);
    }

    @Test
    void invalidatesByTag() {
        read("t1");
        post("invalidate", "{\"tag\":\"samples\"}").then().statusCode(200);
        long loads = names().stats().loads();

        read("t1");

        assertThat(names().stats().loads()).isEqualTo(loads + 1);
    }

    @Test
    void refusesPatternsThatReachTooFar() {
        for (String pattern : List.of("*", "user*", "queue:*", "limit:*", "rate_limit:*", "user:", "user:{x}", "")) {
            post("invalidate", "{\"pattern\":\"" + pattern + "\"}")
                    .then()
                    .statusCode(400)
                    .body("code", equalTo("invalid-request"))
                    .body("field", equalTo("pattern"))
                    .body("detail", startsWith("pattern: must "));
        }
        for (String body : List.of("{}", "{\"pattern\":\"user:*\",\"tag\":\"x\"}")) {
            post("invalidate", body).then().statusCode(400).body("field", equalTo("pattern"));
        }
        post("invalidate", "{\"tag\":\" \"}").then().statusCode(400).body("field", equalTo("tag"));
        post("invalidate", "{\"patern\":\"user:*\"}").then().statusCode(400);
    }

    @Test
    void warmsUpByAJob() {
        post("warm-up", "{\"cache\":\"sample-names\",\"limit\":2,\"batch\":1,\"delayMs\":0}")
                .then()
                .statusCode(202)
                .header("Location", containsString("/api/jobs/"))
                .body("jobId", notNullValue());
    }

    @Test
    void refusesWarmUpsThatCannotBe() {
        post("warm-up", "{\"cache\":\"no-such-cache\"}")
                .then()
                .statusCode(404)
                .body("code", equalTo("unknown-cache"))
                .body("detail", containsString("sample-names"));
        post("warm-up", "{}").then().statusCode(404);
        post("warm-up", "{\"cache\":\"sample-cold\"}").then().statusCode(400).body("field", equalTo("cache"));
        post("warm-up", "{\"cache\":\"sample-names\",\"strategy\":\"random\"}")
                .then()
                .statusCode(400)
                .body("field", equalTo("strategy"));
        post("warm-up", "{\"cache\":\"sample-names\",\"limit\":0}").then().statusCode(400);
    }

    @Test
    void asksForARole() {
        given().get("/api/cache").then().statusCode(401);
        TestKeys.viewer()
                .contentType(ContentType.JSON)
                .body("{\"pattern\":\"user:*\"}")
                .post("/api/cache/invalidate")
                .then()
                .statusCode(403);
    }
}
