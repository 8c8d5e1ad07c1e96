package io.penstock.api.queues;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.is;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.formatters.PatternFormatter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An operator changes limits and pauses groups over HTTP. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class QueueLimitsApiTest {

    private static final String LIMITS = "/api/queues/analysis/limits";

    @Inject
    QueuePolicies policies;

    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private final Handler recorder = new Handler() {
        @Override
        public void publish(LogRecord line) {
            logged.add(new PatternFormatter("%m").format(ExtLogRecord.wrap(line)));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        Logger.getLogger("").addHandler(recorder);
    }

    @AfterEach
    void takeEverythingBack() {
        Logger.getLogger("").removeHandler(recorder);
        put("{}").statusCode(200);
    }

    private static ValidatableResponse put(String body) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .put(LIMITS)
                .then();
    }

    @Test
    void overridesStandBesideWhatIsConfigured() {
        put("""
                {"concurrency":7,"rateLimit":{"permits":10,"perMs":1000,"burst":5},"globalConcurrency":20,
                 "groupConcurrency":3,"groupRateLimit":{"permits":1,"perMs":60000}}""")
                .statusCode(200)
                .body("inForce.concurrency", equalTo(7))
                .body("override.concurrency", equalTo(7))
                .body("configured.concurrency", equalTo(2))
                .body("inForce.rateLimit.permits", equalTo(10))
                .body("configured.rateLimit", nullValue())
                .body("inForce.groupRateLimit.burst", equalTo(1))
                .body("changedBy", notNullValue())
                .body("changedAt", notNullValue());
        TestKeys.viewer()
                .get("/api/queues/analysis")
                .then()
                .statusCode(200)
                .body("queue", equalTo("analysis"))
                .body("limits.inForce.globalConcurrency", equalTo(20))
                .body("limits.configured.globalConcurrency", nullValue())
                .body("limits.inForce.groupConcurrency", equalTo(3));
        assertThat(policies.named("analysis").slots().concurrency()).isEqualTo(7);

        TestKeys.viewer()
                .get("/api/queue-limits")
                .then()
                .statusCode(200)
                .body("queues.find { it.queue == 'analysis' }.limits.inForce.globalConcurrency", equalTo(20))
                .body("queues.find { it.queue == 'analysis' }.pausedGroups", equalTo(0));

        put("{\"concurrency\":null,\"globalConcurrency\":9}")
                .statusCode(200)
                .body("inForce.concurrency", equalTo(2))
                .body("override.concurrency", nullValue())
                .body("override.globalConcurrency", equalTo(9))
                .body("override.rateLimit", nullValue());
        TestKeys.viewer().get(LIMITS).then().statusCode(200).body("inForce.globalConcurrency", equalTo(9));
    }

    @Test
    void everyChangeIsToldWithWhatHeldBefore() {
        put("{\"concurrency\":3}").statusCode(200);
        put("{\"concurrency\":4}").statusCode(200);
        List<String> changes = logged.stream()
                .filter(line -> line.startsWith("limits of queue analysis were changed by "))
                .toList();
        assertThat(changes).hasSize(2);
        assertThat(changes.get(0)).contains("before as configured, after {").contains("\"concurrency\":3");
        assertThat(changes.get(1))
                .matches(
                        "limits of queue analysis were changed by \\S+: before .*\"concurrency\":3.*after .*\"concurrency\":4.*");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "{\"concurrency\":0}                                          | concurrency",
                "{\"concurrency\":-1}                                         | concurrency",
                "{\"concurrency\":1000000000}                                 | concurrency",
                "{\"globalConcurrency\":0}                                    | globalConcurrency",
                "{\"globalConcurrency\":1000000000}                           | globalConcurrency",
                "{\"groupConcurrency\":0}                                     | groupConcurrency",
                "{\"rateLimit\":{}}                                           | rateLimit.permits",
                "{\"rateLimit\":{\"permits\":1}}                              | rateLimit.perMs",
                "{\"rateLimit\":{\"permits\":0,\"perMs\":1}}                  | rateLimit.permits",
                "{\"rateLimit\":{\"permits\":1000000000,\"perMs\":1000}}      | rateLimit.permits",
                "{\"rateLimit\":{\"permits\":2,\"perMs\":-5}}                 | rateLimit.perMs",
                "{\"rateLimit\":{\"permits\":2,\"perMs\":9000000000000000}}   | rateLimit.perMs",
                "{\"rateLimit\":{\"permits\":2,\"perMs\":5,\"burst\":3}}      | rateLimit.burst",
                "{\"groupRateLimit\":{\"permits\":2,\"perMs\":5,\"burst\":0}} | groupRateLimit.burst",
            })
    void aLimitThatIsNoneIsRefusedAndChangesNothing(String body, String field) {
        put(body).statusCode(400).body("code", equalTo("invalid-request")).body("field", equalTo(field));
        TestKeys.viewer().get(LIMITS).then().body("inForce.concurrency", equalTo(2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"concurency\":3}", "{\"concurrency\":\"3\"}", "{\"concurrency\":3.5}", "{"})
    void aBodyThatIsNoneIsRefused(String body) {
        put(body).statusCode(400);
    }

    @Test
    void anUnknownQueueHasNoLimits() {
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body("{\"concurrency\":3}")
                .put("/api/queues/unknown/limits")
                .then()
                .statusCode(404)
                .body("code", equalTo("unknown-queue"));
    }

    // groups

    private static ValidatableResponse pause(String group, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .urlEncodingEnabled(false)
                .post("/api/queues/notification/groups/" + group + "/pause")
                .then();
    }

    @ParameterizedTest
    @ValueSource(strings = {"nobody-ever-heard-of", "a/b:c@d", "a%2Fb:c@e"})
    void aGroupIsPausedForATimeAndResumed(String path) {
        String group = path.replace("%2F", "/");
        pause(path, "{\"forMs\":60000}")
                .statusCode(200)
                .body("group", equalTo(group))
                .body("until", notNullValue());
        TestKeys.viewer()
                .get("/api/queues/notification/paused-groups")
                .then()
                .statusCode(200)
                .body("groups.group", hasItem(group));
        TestKeys.operator()
                .urlEncodingEnabled(false)
                .delete("/api/queues/notification/groups/" + path + "/pause")
                .then()
                .statusCode(200)
                .body("wasPaused", is(true));
        TestKeys.operator()
                .urlEncodingEnabled(false)
                .delete("/api/queues/notification/groups/" + path + "/pause")
                .then()
                .statusCode(200)
                .body("wasPaused", is(false));
        assertThat(logged).anyMatch(line -> line.startsWith("group " + group + " of queue notification was paused"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"forMs\":31536000000}",
                "{\"forMs\":0}",
                "{\"forMs\":-1}",
                "{}",
                "{\"forMs\":1000000000000000000}"
            })
    void aTimeThatIsNoneOrAYearIsRefused(String body) {
        pause("g", body).statusCode(400).body("field", equalTo("forMs"));
        TestKeys.viewer().get("/api/queues/notification/paused-groups").then().body("groups.group", not(hasItem("g")));
    }

    @Test
    void aNameThatNoGroupCanHaveIsRefused() {
        pause("a%0Ab", "{\"forMs\":1000}").statusCode(400);
        pause("x".repeat(101), "{\"forMs\":1000}").statusCode(400).body("code", equalTo("invalid-parameter"));
    }
}
