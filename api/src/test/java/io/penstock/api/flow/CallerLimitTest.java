package io.penstock.api.flow;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
@TestProfile(CallerLimitTest.SmallLimits.class)
class CallerLimitTest {

    /** Three requests a key, and three look-ups an address, in a time no test takes. */
    public static class SmallLimits implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            Map<String, String> limits = new HashMap<>();
            for (String limit : List.of("key", "address", "log-in-address", "log-in-account")) {
                limits.put("penstock.caller-limit." + limit + ".permits", "3");
                limits.put("penstock.caller-limit." + limit + ".per", "1h");
                limits.put("penstock.caller-limit." + limit + ".burst", "3");
            }
            return limits;
        }
    }

    @Test
    void aCallerOverItsLimitIsToldWhenToComeBack() {
        for (int i = 0; i < 3; i++) {
            Response answer = TestKeys.with(TestKeys.CRON).get("/api/cron");
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.header("RateLimit-Limit")).isEqualTo("3");
            assertThat(answer.header("RateLimit-Remaining")).isEqualTo("" + (2 - i));
            assertThat(Integer.parseInt(answer.header("RateLimit-Reset"))).isPositive();
        }

        tooMany(TestKeys.with(TestKeys.CRON).get("/api/cron"));
    }

    @Test
    void guessingKeysIsSlowedDownBeforeTheDatabaseIsAsked() {
        for (int i = 0; i < 3; i++) {
            assertThat(TestKeys.with("guess-" + UUID.randomUUID())
                            .get("/api/queues")
                            .statusCode())
                    .isEqualTo(401);
        }

        tooMany(TestKeys.with("guess-" + UUID.randomUUID()).get("/api/queues"));
        tooMany(TestKeys.with("guess-" + UUID.randomUUID()).get("/q/metrics"));
    }

    @Test
    void guessingPasswordsIsSlowedDown() {
        for (int i = 0; i < 3; i++) {
            assertThat(logIn("anna").statusCode()).isEqualTo(401);
        }

        tooMany(logIn("anna"));
        tooMany(logIn("bert"));
    }

    private static Response logIn(String name) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("name", name, "password", "guess"))
                .post("/api/session");
    }

    private static void tooMany(Response response) {
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
        assertThat(response.<String>path("code")).isEqualTo("too-many-requests");
        assertThat(Integer.parseInt(response.header("Retry-After"))).isBetween(1, 3600);
        assertThat(response.header("RateLimit-Limit")).isEqualTo("3");
    }
}
