package io.penstock.api.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Payloads with secrets, and who gets to see them. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class JobSecretsTest {

    private static final String CARD = "4111-1111-1111-1111";
    private static final String CHARGE =
            """
            {"payload":{"order":"o-1","card":"%s","contacts":[{"name":"Ada","phone":"555-0100"}]},"options":{"delayMs":3600000}}"""
                    .formatted(CARD);

    @Test
    void secretsAreMaskedForEverybody() {
        String id = charge();

        for (var who : new io.restassured.specification.RequestSpecification[] {TestKeys.viewer(), TestKeys.admin()}) {
            String answer = who.get("/api/jobs/" + id)
                    .then()
                    .statusCode(200)
                    .body("payload.order", equalTo("o-1"))
                    .body("payload.card", equalTo("***"))
                    .body("payload.contacts[0].name", equalTo("Ada"))
                    .body("payload.contacts[0].phone", equalTo("***"))
                    .extract()
                    .asString();
            assertThat(answer).doesNotContain(CARD, "555-0100");
        }
        TestKeys.admin().get("/api/jobs/" + id + "?decrypt=true").then().body("payload.card", equalTo("***"));
    }

    @Test
    void anAdminRevealsAllOrOneAndTheAuditTells() {
        String id = charge();

        reveal(id, "{}")
                .statusCode(200)
                .body("payload.card", equalTo(CARD))
                .body("payload.contacts[0].phone", equalTo("555-0100"));
        reveal(id, "{\"field\":\"contacts.0.phone\"}")
                .statusCode(200)
                .body("payload.contacts[0].phone", equalTo("555-0100"))
                .body("payload.card", equalTo("***"));

        String audit = TestKeys.admin()
                .queryParam("target", id)
                .queryParam("action", "jobs.reveal")
                .get("/api/audit")
                .then()
                .body("entries", hasSize(2))
                .body("entries[0].after.field", equalTo("contacts.0.phone"))
                .body("entries[1].after.field", equalTo("all"))
                .extract()
                .asString();
        assertThat(audit).doesNotContain(CARD, "555-0100");
    }

    @Test
    void whatIsNoSecretIsNotRevealed() {
        String id = charge();

        for (String field : new String[] {"order", "nothing", "", "contacts.9.phone", "card.x"}) {
            reveal(id, "{\"field\":\"" + field + "\"}").statusCode(400).body("field", equalTo("field"));
        }
        reveal("unknown", "{}").statusCode(404).body("code", equalTo("job-not-found"));
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{}")
                .post("/api/jobs/" + id + "/reveal")
                .then()
                .statusCode(403);
    }

    @Test
    void anEditOfWhatIsShownKeepsTheSecrets() {
        String id = charge();
        String version = TestKeys.operator().get("/api/jobs/" + id).path("version");

        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(
                        """
                        {"version":"%s","payload":{"order":"o-2","card":"***","contacts":[{"name":"Bea","phone":"555-0199"}]}}"""
                                .formatted(version))
                .put("/api/jobs/" + id)
                .then()
                .statusCode(200)
                .body("payload.card", equalTo("***"));

        reveal(id, "{}")
                .body("payload.order", equalTo("o-2"))
                .body("payload.card", equalTo(CARD))
                .body("payload.contacts[0].phone", equalTo("555-0199"));
    }

    private static ValidatableResponse reveal(String id, String body) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/jobs/" + id + "/reveal")
                .then();
    }

    private static String charge() {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(CHARGE)
                .post("/api/jobs/sample.charge")
                .then()
                .statusCode(202)
                .extract()
                .path("jobId");
    }
}
