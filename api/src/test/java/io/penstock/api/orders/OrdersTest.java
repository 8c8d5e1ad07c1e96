package io.penstock.api.orders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.greaterThan;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.path.json.JsonPath;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The ticket shop over HTTP. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class OrdersTest {

    @Inject
    Pool pool;

    /** A concert of one evening with one type of tickets. */
    private record OnSale(long concert, long type) {}

    private static ValidatableResponse post(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then();
    }

    private static OnSale sell(int tickets) {
        return sell(tickets, "2190-05-01T19:30:00Z");
    }

    private static OnSale sell(int tickets, String startsAt) {
        JsonPath made = post(
                        "/api/concerts",
                        """
                        {"name":"Night of the organs","venue":"St John","sessions":[{"startsAt":"%s","ticketTypes":
                          [{"name":"Stalls","priceCents":4550,"currency":"EUR","quantity":%d}]}]}"""
                                .formatted(startsAt, tickets))
                .statusCode(201)
                .extract()
                .jsonPath();
        return new OnSale(made.getLong("concert.id"), made.getLong("sessions[0].ticketTypes[0].id"));
    }

    private static String wish(OnSale sale, int quantity) {
        return "{\"email\":\"ada@example.org\",\"ticketTypeId\":%d,\"quantity\":%d}".formatted(sale.type(), quantity);
    }

    private static long hold(OnSale sale, int quantity) {
        return post("/api/orders", wish(sale, quantity))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
    }

    private long number(String statement, Object... parameters) {
        return pool.preparedQuery(statement)
                .execute(Tuple.from(List.of(parameters)))
                .await()
                .atMost(Duration.ofSeconds(10))
                .iterator()
                .next()
                .getLong(0);
    }

    private long left(OnSale sale) {
        return number("SELECT available::bigint FROM shop_ticket_type WHERE id = $1", sale.type());
    }

    private long tickets(OnSale sale, String state) {
        return number("SELECT count(*) FROM shop_ticket WHERE ticket_type_id = $1 AND state = $2", sale.type(), state);
    }

    private void pass(long order) {
        number("UPDATE shop_order SET expires_at = now() - interval '1 second' WHERE id = $1 RETURNING id", order);
    }

    @Test
    void aHoldTakesTicketsAndEnqueuesItsEnd() {
        OnSale sale = sell(5);

        long id = post("/api/orders", wish(sale, 2))
                .statusCode(201)
                .header("Location", containsString("/api/orders/"))
                .body("state", equalTo("pending"))
                .body("amountCents", equalTo(9100))
                .body("secondsLeft", greaterThan(500))
                .body("secondsLeft", lessThanOrEqualTo(600))
                .body("payment", nullValue())
                .extract()
                .jsonPath()
                .getLong("id");

        assertThat(left(sale)).isEqualTo(3);
        assertThat(tickets(sale, "held")).isEqualTo(2);
        assertThat(number(
                        "SELECT count(*) FROM job_outbox WHERE type = 'orders.expire_hold' AND payload->>'orderId' = $1",
                        Long.toString(id)))
                .isEqualTo(1);
        TestKeys.viewer().get("/api/orders/" + id).then().statusCode(200).body("email", equalTo("ada@example.org"));
    }

    @Test
    void aHoldBeyondTheStockChangesNothing() {
        OnSale sale = sell(3);
        hold(sale, 2);

        post("/api/orders", wish(sale, 2)).statusCode(409).body("code", equalTo("sold-out"));

        assertThat(left(sale)).isEqualTo(1);
        assertThat(number("SELECT count(*) FROM shop_order WHERE ticket_type_id = $1", sale.type()))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "0, must be at least 1",
        "-1, must be at least 1",
        "11, must be between 1 and 10",
        "1000000, must be between 1 and 10",
    })
    void aQuantityOutOfBoundsIsRefused(int quantity, String why) {
        OnSale sale = sell(3);

        post("/api/orders", wish(sale, quantity))
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("field", equalTo("quantity"))
                .body("detail", containsString(why));

        assertThat(left(sale)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/api/orders   | {}                                                        | email",
                "/api/orders   | {\"email\":\"x\",\"ticketTypeId\":1,\"quantity\":1}       | email",
                "/api/orders   | {\"email\":\"a@b\\r\\nBcc: c@d\",\"ticketTypeId\":1,\"quantity\":1} | email",
                "/api/orders   | {\"email\":\"a@b.c\",\"quantity\":1}                      | ticketTypeId",
                "/api/orders   | {\"email\":\"a@b.c\",\"ticketTypeId\":0,\"quantity\":1}   | ticketTypeId",
                "/api/orders   | {\"email\":\"a@b.c\",\"ticketTypeId\":1}                  | quantity",
                "/api/orders/1/pay | {}                                                    | payment",
                "/api/orders/1/pay | {\"payment\":\"a\\nb\"}                               | payment",
                "/api/concerts | {\"name\":\"a\",\"venue\":\"b\",\"sessions\":[]}          | sessions",
                "/api/concerts | {\"name\":\"a\",\"venue\":\"b\",\"sessions\":[null]}      | sessions[0]",
            })
    void aWrongFieldIsNamed(String path, String body, String field) {
        post(path, body)
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("field", equalTo(field));
    }

    @Test
    void whatIsNotOnSaleCannotBeHeld() {
        post("/api/orders", wish(new OnSale(1, Long.MAX_VALUE), 1))
                .statusCode(404)
                .body("code", equalTo("not-found"));
        post("/api/orders", wish(sell(3, "2001-01-01T00:00:00Z"), 1))
                .statusCode(409)
                .body("code", equalTo("sale-ended"));
    }

    @Test
    void aRepeatedHoldIsAnsweredWithTheFirst() {
        OnSale sale = sell(5);
        String key = UUID.randomUUID().toString();

        long first = repeated(key, wish(sale, 2))
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
        long second = repeated(key, wish(sale, 2))
                .statusCode(200)
                .extract()
                .jsonPath()
                .getLong("id");
        repeated(key, wish(sale, 3)).statusCode(422).body("code", equalTo("idempotency-key-reused"));

        assertThat(second).isEqualTo(first);
        assertThat(left(sale)).isEqualTo(3);
        repeated("with blank", wish(sale, 1)).statusCode(400).body("field", equalTo("Idempotency-Key"));
    }

    @Test
    void aHoldThatWasRefusedCanBeRepeatedWithItsKey() {
        OnSale sale = sell(2);
        long other = hold(sale, 1);
        String key = UUID.randomUUID().toString();
        repeated(key, wish(sale, 2)).statusCode(409);

        post("/api/orders/" + other + "/cancel", "").statusCode(200);

        repeated(key, wish(sale, 2)).statusCode(201);
    }

    private static ValidatableResponse repeated(String key, String body) {
        return TestKeys.operator()
                .header("Idempotency-Key", key)
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/orders")
                .then();
    }

    @Test
    void aPaidOrderKeepsItsTickets() {
        OnSale sale = sell(5);
        long id = hold(sale, 2);

        pay(id, "pay-1").statusCode(200).body("state", equalTo("paid")).body("secondsLeft", equalTo(0));
        pay(id, "pay-1").statusCode(200).body("payment", equalTo("pay-1"));
        pay(id, "pay-2").statusCode(409).body("code", equalTo("order-state"));
        post("/api/orders/" + id + "/cancel", "").statusCode(409).body("code", equalTo("order-state"));

        assertThat(tickets(sale, "sold")).isEqualTo(2);
        assertThat(left(sale)).isEqualTo(3);
    }

    private static ValidatableResponse pay(long id, String payment) {
        return post("/api/orders/" + id + "/pay", "{\"payment\":\"" + payment + "\"}");
    }

    @Test
    void anOrderWhoseTimeHasPassedCannotBePaidNorCancelled() {
        OnSale sale = sell(5);
        long id = hold(sale, 2);
        pass(id);

        pay(id, "late").statusCode(409).body("code", equalTo("order-state"));
        post("/api/orders/" + id + "/cancel", "").statusCode(409);

        assertThat(number("SELECT count(*) FROM shop_order WHERE id = $1 AND state = 'pending'", id))
                .isEqualTo(1);
        assertThat(tickets(sale, "held")).isEqualTo(2);
    }

    @Test
    void ofManyPaymentsAtOnceOneIsTaken() throws Exception {
        OnSale sale = sell(5);
        long id = hold(sale, 2);

        List<Integer> statuses = atOnce(8, n -> pay(id, "pay-" + n).extract().statusCode());

        assertThat(statuses).containsOnly(200, 409).containsOnlyOnce(200);
        assertThat(tickets(sale, "sold")).isEqualTo(2);
    }

    @Test
    void aCrowdNeverGetsMoreThanThereIs() throws Exception {
        OnSale sale = sell(25);

        List<Integer> statuses = atOnce(
                60, n -> post("/api/orders", wish(sale, 1 + n % 3)).extract().statusCode());

        assertThat(statuses).containsOnly(201, 409);
        assertThat(left(sale)).isEqualTo(tickets(sale, "available")).isZero();
        assertThat(number("SELECT sum(quantity) FROM shop_order WHERE ticket_type_id = $1", sale.type()))
                .isEqualTo(25);
    }

    private interface Call {
        int make(int number);
    }

    private static List<Integer> atOnce(int calls, Call call) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(16);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < calls; i++) {
                int number = i;
                tasks.add(() -> call.make(number));
            }
            List<Integer> answers = new ArrayList<>();
            for (Future<Integer> answer : threads.invokeAll(tasks)) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void aCancelledOrderGivesItsTicketsBackOnce() {
        OnSale sale = sell(5);
        long id = hold(sale, 2);

        post("/api/orders/" + id + "/cancel", "").statusCode(200).body("state", equalTo("cancelled"));
        post("/api/orders/" + id + "/cancel", "").statusCode(200);
        pay(id, "late").statusCode(409);

        assertThat(left(sale)).isEqualTo(5);
        assertThat(tickets(sale, "available")).isEqualTo(5);
    }

    @Test
    void ordersAreListedByStateInPages() {
        OnSale sale = sell(5);
        long soon = hold(sale, 1);
        long later = hold(sale, 1);
        number("UPDATE shop_order SET expires_at = '1999-01-01T00:00:00Z' WHERE id = $1 RETURNING id", soon);
        number("UPDATE shop_order SET expires_at = '1999-01-01T00:00:01Z' WHERE id = $1 RETURNING id", later);

        String next = TestKeys.viewer()
                .get("/api/orders?limit=1")
                .then()
                .statusCode(200)
                .body("orders.id", contains((int) soon))
                .body("orders[0].secondsLeft", equalTo(0))
                .extract()
                .path("next");
        TestKeys.viewer()
                .queryParam("after", next)
                .get("/api/orders?limit=1")
                .then()
                .body("orders.id", contains((int) later));

        number("UPDATE shop_order SET expires_at = now() + interval '1 hour' WHERE id = $1 RETURNING id", soon);
        number("UPDATE shop_order SET expires_at = now() + interval '1 hour' WHERE id = $1 RETURNING id", later);
        post("/api/orders/" + soon + "/cancel", "").statusCode(200);
        TestKeys.viewer()
                .get("/api/orders?state=cancelled&limit=200")
                .then()
                .body("orders.id", hasItem((int) soon))
                .body("orders.id", not(hasItem((int) later)));
        TestKeys.viewer()
                .get("/api/orders/counts")
                .then()
                .statusCode(200)
                .body("counts.cancelled", greaterThan(0))
                .body("counts.keySet()", contains("pending", "paid", "expired", "cancelled"));
    }

    @ParameterizedTest
    @CsvSource({
        "/api/orders?state=lost, state",
        "/api/orders?limit=0, limit",
        "/api/orders?after=yesterday, after",
        "/api/orders?after=+999999999-12-31T23:59:59Z_1, after",
        "/api/orders?state=paid&after=x, after",
        "/api/orders?unknown=1, unknown",
        "/api/concerts?before=x, before",
    })
    void aWrongParameterIsNamed(String path, String field) {
        TestKeys.viewer()
                .urlEncodingEnabled(false)
                .get(path.replace("+", "%2B"))
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body("field", equalTo(field));
    }

    @Test
    void whatIsLeftIsShown() {
        OnSale sale = sell(5);
        hold(sale, 2);

        TestKeys.viewer()
                .get("/api/concerts/" + sale.concert() + "/availability")
                .then()
                .statusCode(200)
                .body("concert.name", equalTo("Night of the organs"))
                .body("readAt", notNullValue())
                .body("sessions[0].ticketTypes[0].capacity", equalTo(5))
                .body("sessions[0].ticketTypes[0].available", equalTo(3));
        TestKeys.viewer().get("/api/concerts").then().body("concerts.id", hasItem((int) sale.concert()));
        TestKeys.viewer().get("/api/concerts/0/availability").then().statusCode(404);
        TestKeys.viewer().get("/api/concerts/x/availability").then().statusCode(404);
        TestKeys.viewer().get("/api/orders/0").then().statusCode(404).body("code", equalTo("not-found"));
        pay(0, "x").statusCode(404);
    }
}
