package io.penstock.api.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.lessThanOrEqualTo;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.products.ProductMonths;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Product monitoring over HTTP. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ProductsTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger((int) (System.nanoTime() % 100_000_000));

    @Inject
    Pool pool;

    @Inject
    ProductMonths months;

    private static ValidatableResponse post(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(path)
                .then();
    }

    private static ValidatableResponse put(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .put(path)
                .then();
    }

    private static ValidatableResponse get(String path) {
        return TestKeys.viewer().get(path).then();
    }

    private static String newAsin() {
        return "B%09d".formatted(NUMBERS.incrementAndGet());
    }

    private static long newUser() {
        return post("/api/products/users", "{\"email\":\"u" + NUMBERS.incrementAndGet() + "@example.org\"}")
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
    }

    private static long track(long user, String asin) {
        return post("/api/products", "{\"userId\":" + user + ",\"asin\":\"" + asin + "\"}")
                .statusCode(201)
                .extract()
                .jsonPath()
                .getLong("id");
    }

    private long number(String statement, Object... parameters) {
        return pool.preparedQuery(statement)
                .execute(Tuple.from(Arrays.asList(parameters)))
                .await()
                .atMost(Duration.ofSeconds(20))
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void aProductIsTrackedAndReadAtOnce() {
        long user = newUser();
        String asin = newAsin();
        long id = post(
                        "/api/products",
                        "{\"userId\":%d,\"asin\":\"%s\",\"marketplace\":\"DE\",\"frequency\":\"hourly\",\"priceChangePercent\":5}"
                                .formatted(user, asin))
                .statusCode(201)
                .header("Location", containsString("/api/products/"))
                .body("frequency", equalTo("hourly"))
                .body("item.asin", equalTo(asin))
                .body("item.marketplace", equalTo("DE"))
                .body("item.status", equalTo("new"))
                .extract()
                .jsonPath()
                .getLong("id");
        assertThat(number(
                        "SELECT count(*) FROM job_outbox WHERE type = 'sync_product_data' AND payload->>'asin' = $1",
                        asin))
                .isLessThanOrEqualTo(1);

        post("/api/products", "{\"userId\":%d,\"asin\":\"%s\",\"marketplace\":\"DE\"}".formatted(user, asin))
                .statusCode(200)
                .body("id", equalTo((int) id))
                .body("frequency", equalTo("hourly"));
        put("/api/products/" + id, "{\"frequency\":\"daily\",\"priceChangePercent\":0,\"active\":false}")
                .statusCode(200)
                .body("frequency", equalTo("daily"))
                .body("priceChangePercent", nullValue())
                .body("active", equalTo(false));
        get("/api/products?userId=" + user).statusCode(200).body("products", hasSize(1));
        get("/api/products?active=true&userId=" + user).statusCode(200).body("products", hasSize(0));
        TestKeys.operator().delete("/api/products/" + id).then().statusCode(204);
        TestKeys.operator().delete("/api/products/" + id).then().statusCode(404);
        get("/api/products/" + id).statusCode(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "B08N5WRWN",
                "b08n5wrwnw",
                "B08N5WRWNWX",
                "A08N5WRWNW",
                "B08N5 RWNW",
                "B08N5WRWNW\\n",
                "https://www.amazon.com/dp/B08N5WRWNW",
                "\\u0000000000000"
            })
    void refusesAsinsOfEveryWrongForm(String asin) {
        post("/api/products", "{\"userId\":" + newUser() + ",\"asin\":\"" + asin + "\"}")
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("detail", containsString("asin: must be an ASIN"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | userId",
                "{\"userId\":1} | asin",
                "{\"userId\":1,\"asin\":\"B08N5WRWNW\",\"marketplace\":\"XX\"} | marketplace",
                "{\"userId\":1,\"asin\":\"B08N5WRWNW\",\"frequency\":\"often\"} | frequency",
                "{\"userId\":1,\"asin\":\"B08N5WRWNW\",\"priceChangePercent\":-1} | priceChangePercent",
                "{\"userId\":1,\"asin\":\"B08N5WRWNW\",\"rankChangePercent\":1e9} | rankChangePercent",
            })
    void refusesWhatCannotBeMeant(String body, String field) {
        post("/api/products", body).statusCode(400).body("detail", containsString(field));
    }

    @Test
    void knowsNothingOfUsersAndProductsThatAreNotThere() {
        post("/api/products", "{\"userId\":999999999,\"asin\":\"B08N5WRWNW\"}").statusCode(404);
        for (String path : new String[] {
            "/api/products/999999999",
            "/api/products/x",
            "/api/products/999999999/history",
            "/api/products/999999999/anomalies",
            "/api/products/users/999999999",
            "/api/products/groups/x"
        }) {
            get(path).statusCode(404);
        }
        put("/api/products/999999999", "{}").statusCode(404);
        put("/api/products/users/999999999", "{}").statusCode(404);
        put("/api/products/groups/999999999", "{\"active\":true}").statusCode(404);
        TestKeys.operator().delete("/api/products/groups/999999999").then().statusCode(404);
    }

    @Test
    void keepsWhatAUserWantsAndNeverShowsTheSecret() {
        String email = "v" + NUMBERS.incrementAndGet() + "@example.org";
        String secret = "0123456789abcdef-secret";
        long id = post(
                        "/api/products/users",
                        "{\"email\":\"%s\",\"plan\":\"premium\",\"webhookUrl\":\"https://example.org/hook\",\"webhookSecret\":\"%s\",\"digest\":\"daily\"}"
                                .formatted(email, secret))
                .statusCode(201)
                .body("hasWebhookSecret", equalTo(true))
                .body("priceChangePercent", equalTo(10.0f))
                .body("rankChangePercent", equalTo(30.0f))
                .extract()
                .jsonPath()
                .getLong("id");
        assertThat(get("/api/products/users/" + id).extract().asString()).doesNotContain(secret);
        post("/api/products/users", "{\"email\":\"" + email + "\"}").statusCode(409);
        put("/api/products/users/" + id, "{\"priceChangePercent\":3}")
                .statusCode(200)
                .body("plan", equalTo("premium"))
                .body("priceChangePercent", equalTo(3.0f))
                .body("hasWebhookSecret", equalTo(true))
                .body("webhookUrl", equalTo("https://example.org/hook"));
        put("/api/products/users/" + newUser(), "{\"email\":\"" + email + "\"}").statusCode(400);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | email",
                "{\"email\":\"x\"} | email",
                "{\"email\":\"a@b.org\\nBcc: c@d.org\"} | email",
                "{\"email\":\"a@example.org\",\"plan\":\"gold\"} | plan",
                "{\"email\":\"a@example.org\",\"digest\":\"never\"} | digest",
                "{\"email\":\"a@example.org\",\"ratingChange\":0} | ratingChange",
                "{\"email\":\"a@example.org\",\"webhookUrl\":\"ftp://x\"} | webhookUrl",
                "{\"email\":\"a@example.org\",\"webhookUrl\":\"http://user:secret@x/\"} | webhookUrl",
                "{\"email\":\"a@example.org\",\"webhookUrl\":\"javascript:alert(1)\"} | webhookUrl",
                "{\"email\":\"a@example.org\",\"webhookSecret\":\"short\"} | webhookSecret",
            })
    void refusesUsersThatCannotBeMeant(String body, String field) {
        post("/api/products/users", body).statusCode(400).body("detail", containsString(field));
    }

    @Test
    void comparesAProductWithThreeToFiveOthers() {
        long user = newUser();
        long main = track(user, newAsin());
        String competitors = "[\"" + newAsin() + "\",\"" + newAsin() + "\",\"" + newAsin() + "\"]";
        long id = post(
                        "/api/products/groups",
                        "{\"mainId\":%d,\"name\":\"lamps\",\"competitors\":%s}".formatted(main, competitors))
                .statusCode(201)
                .body("competitors", hasSize(3))
                .body("main.id", equalTo((int) main))
                .extract()
                .jsonPath()
                .getLong("id");
        // They are read, too.
        get("/api/products?userId=" + user).body("products", hasSize(4));
        get("/api/products/groups?userId=" + user).body("groups", hasSize(1));
        put("/api/products/groups/" + id, "{\"active\":false}").statusCode(200).body("active", equalTo(false));
        post(
                        "/api/products/groups",
                        "{\"mainId\":%d,\"name\":\"lamps\",\"competitors\":%s}".formatted(main, competitors))
                .statusCode(400)
                .body("detail", containsString("name"));
        TestKeys.operator().delete("/api/products/groups/" + id).then().statusCode(204);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "[\"B000000001\",\"B000000002\"]",
                "[\"B000000001\",\"B000000002\",\"B000000003\",\"B000000004\",\"B000000005\",\"B000000006\"]",
                "[\"B000000001\",\"B000000001\",\"B000000002\"]",
                "[\"B000000001\",\"B000000002\",\"nonsense\"]",
                "[\"B000000001\",\"B000000002\",null]",
                "null"
            })
    void refusesGroupsOfOtherSizes(String competitors) {
        long main = track(newUser(), newAsin());
        post("/api/products/groups", "{\"mainId\":%d,\"name\":\"g\",\"competitors\":%s}".formatted(main, competitors))
                .statusCode(400)
                .body("detail", containsString("competitors"));
    }

    @Test
    void aYearOfHistoryIsAtMostAThousandPointsAndQuick() {
        long id = track(newUser(), newAsin());
        long item = number("SELECT item_id FROM product_tracked WHERE id = $1", id);
        Instant now = Instant.now();
        for (int half = 0; half <= 26; half++) {
            months.ensure(now.minus(Duration.ofDays(15L * half))).await().atMost(Duration.ofSeconds(20));
        }
        number(
                "WITH r AS (INSERT INTO product_reading (item_id, taken_at, price, rank, buy_box)"
                        + " SELECT $1, now() - n * interval '10 minutes', 100 + n % 7, n, 'Acme' FROM generate_series(1, 6000) AS n"
                        + " RETURNING 1) SELECT count(*) FROM r",
                item);
        number(
                "WITH r AS (INSERT INTO product_reading_day (item_id, day, readings, price, price_min, price_max, taken_at)"
                        + " SELECT $1, (now() AT TIME ZONE 'UTC')::date - n, 24, 100, 90, 110, now() - n * interval '1 day'"
                        + " FROM generate_series(1, 365) AS n RETURNING 1) SELECT count(*) FROM r",
                item);

        get("/api/products/" + id + "/history?metric=price")
                .statusCode(200)
                .body("of", equalTo("readings"))
                .body("points.size()", lessThanOrEqualTo(1_000))
                .body("points.size()", not(equalTo(0)));
        get("/api/products/" + id + "/history?metric=buy_box").statusCode(200).body("points[0].text", equalTo("Acme"));
        String year = "/api/products/" + id + "/history?from=" + now.minus(Duration.ofDays(364)) + "&to=" + now;
        get(year)
                .statusCode(200)
                .body("of", equalTo("days"))
                .body("points", hasSize(364))
                .body("points[0].min", equalTo(90.0f))
                .body("points[0].max", equalTo(110.0f));
        get("/api/products/" + id + "/anomalies").statusCode(200).body("anomalies", hasSize(0));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metric=weight",
                "from=yesterday",
                "to=2026-02-30T00:00:00Z",
                "from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
                "from=%2B1000000000-01-01T00:00:00Z",
                "from=1970-01-01T00:00:00Z&to=2199-01-01T00:00:00Z",
                "limit=5"
            })
    void refusesQuestionsThatCannotBeMeant(String query) {
        get("/api/products/" + track(newUser(), newAsin()) + "/history?" + query)
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"));
    }
}
