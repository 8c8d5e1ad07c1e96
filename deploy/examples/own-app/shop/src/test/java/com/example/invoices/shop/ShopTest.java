package com.example.invoices.shop;

import static io.restassured.RestAssured.given;
import static org.hamcrest.Matchers.notNullValue;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.example.invoices.InvoiceJobs;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Test;

@QuarkusTest
@WithTestResource(ServersResource.class)
class ShopTest {

    @Inject
    JobTypes types;

    @Test
    void anOrderBecomesAJob() {
        given().post("/orders/4711").then().statusCode(200).body("job", notNullValue());
    }

    @Test
    void theWorkloadsThatShipWithPenstockAreNotHere() {
        assertEquals(InvoiceJobs.WRITE, types.named("invoices.write"));
        assertEquals(false, types.find("offers.high_fetch").isPresent());
        assertEquals(false, types.find("examples.greet").isPresent());
    }
}
