package io.penstock.api.problem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What callers hear while Redis does not take jobs: in time, and whether theirs may have been taken all the same. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class QueueAwayTest {

    /** {@code penstock.redis.deadline}, the half second for the caller's limit, and a busy machine. */
    private static final Duration LONGEST = Duration.ofSeconds(9);

    private final RedisFixture redis = new RedisFixture(EmbeddedServers.redisUrl());

    @AfterEach
    void mend() {
        redis.run("CLIENT", "UNPAUSE");
        redis.run("CONFIG", "SET", "maxmemory", 0);
        redis.close();
    }

    private static ValidatableResponse enqueue(String id) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"payload\":{\"text\":\"x\"},\"options\":{\"id\":\"" + id + "\"}}")
                .post("/api/jobs/sample.note")
                .then();
    }

    @Test
    void aRedisThatDoesNotAnswer() {
        redis.run("CLIENT", "PAUSE", 60_000, "WRITE");

        long start = System.nanoTime();
        enqueue("away-" + UUID.randomUUID())
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .header("Retry-After", equalTo("5"))
                .body("code", equalTo("queue-unavailable"))
                .body("effect", equalTo("unknown"))
                .body("detail", containsString("may have taken effect"));
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(LONGEST);

        TestKeys.viewer().get("/q/health/live").then().statusCode(200);
    }

    @Test
    void aRedisThatIsFull() {
        redis.run("CONFIG", "SET", "maxmemory", 1);
        String id = "full-" + UUID.randomUUID();

        enqueue(id)
                .statusCode(503)
                .contentType(Problem.MEDIA_TYPE)
                .body("code", equalTo("queue-unavailable"))
                .body("effect", equalTo("none"));

        redis.run("CONFIG", "SET", "maxmemory", 0);
        TestKeys.viewer().get("/api/jobs/{id}", id).then().statusCode(404);
        enqueue(id).statusCode(202).body("added", equalTo(true));
    }
}
