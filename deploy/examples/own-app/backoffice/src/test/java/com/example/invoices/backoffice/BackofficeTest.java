package com.example.invoices.backoffice;

import static io.restassured.RestAssured.given;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.not;

import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.specification.RequestSpecification;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServersResource.class)
class BackofficeTest {

    private static RequestSpecification admin() {
        return given().auth().preemptive().oauth2("only-for-tests-0123456789").contentType(ContentType.JSON);
    }

    @Test
    void theFirstJobIsDone() {
        admin().body("""
                {"payload": {"order": "4711", "cents": 4900}, "options": {"id": "first", "keepResultMs": 600000}}""")
                .post("/api/jobs/invoices.write")
                .then()
                .statusCode(202);

        admin().get("/api/jobs/first/result?wait=20s")
                .then()
                .statusCode(200)
                .body("result.number", equalTo("INV-4711"))
                .body("result.total", equalTo("49.00"));
        // What the page lists.
        await().untilAsserted(() -> admin().get("/api/jobs?type=invoices.write&state=completed")
                .then()
                .body("jobs.id", hasItem("first")));
    }

    @Test
    void aPayloadThatBreaksItsConstraintsIsRefused() {
        admin().body("""
                {"payload": {"order": "4711", "cents": -1}}""")
                .post("/api/jobs/invoices.write")
                .then()
                .statusCode(400)
                .body("detail", containsString("cents"));
    }

    @Test
    void theScheduleRunsWhenAskedTo() {
        // The scheduler writes down what is declared when it first looks, some moments after the start.
        await()
                .untilAsserted(() ->
                        admin().get("/api/tasks").then().statusCode(200).body("data.id", hasItem("count-open-invoices")));

        admin().post("/api/tasks/count-open-invoices/execute").then().statusCode(202);
    }

    @Test
    void theConsoleHasThePage() {
        given().get("/console/invoices").then().statusCode(200).body(containsString("pages/invoices/page.js"));
    }

    @Test
    void theWorkloadsThatShipWithPenstockAreNotHere() {
        admin().get("/api/offers").then().statusCode(404);
        admin().get("/api/tasks").then().body("data.id", not(hasItem("order-expiration")));
    }
}
