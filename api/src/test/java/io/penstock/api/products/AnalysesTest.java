package io.penstock.api.products;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.penstock.api.TestKeys;
import io.penstock.common.products.NewReport;
import io.penstock.common.products.ProductMonths;
import io.penstock.common.products.ProductReports;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Analyses of products over HTTP. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class AnalysesTest {

    private static final AtomicInteger NUMBERS = new AtomicInteger((int) (System.nanoTime() % 100_000_000));
    private static final Duration AT_MOST = Duration.ofSeconds(30);

    @Inject
    Pool pool;

    @Inject
    ProductReports reports;

    @Inject
    ProductMonths months;

    private record Group(long user, long tracked, long id) {}

    private long number(String statement, Object... parameters) {
        return pool.preparedQuery(statement)
                .execute(Tuple.from(Arrays.asList(parameters)))
                .await()
                .atMost(AT_MOST)
                .iterator()
                .next()
                .getLong(0);
    }

    private static String asin() {
        return "C%09d".formatted(NUMBERS.incrementAndGet());
    }

    private long item() {
        return number(
                "INSERT INTO product_item (marketplace, asin, title, currency) VALUES ('US', $1, 'Kite', 'USD') RETURNING id",
                asin());
    }

    private Group group() {
        long user =
                number("INSERT INTO product_user (email) VALUES ($1) RETURNING id", UUID.randomUUID() + "@example.org");
        long tracked =
                number("INSERT INTO product_tracked (user_id, item_id) VALUES ($1, $2) RETURNING id", user, item());
        long group = number(
                "INSERT INTO product_group (user_id, name, tracked_id) VALUES ($1, 'Kites', $2) RETURNING id",
                user,
                tracked);
        for (int position = 1; position <= 3; position++) {
            number(
                    "INSERT INTO product_group_member (group_id, item_id, position) VALUES ($1, $2, $3) RETURNING item_id",
                    group,
                    item(),
                    position);
        }
        return new Group(user, tracked, group);
    }

    private long report(String kind, Group of, @Nullable String because) {
        NewReport report = new NewReport(
                kind,
                of.user(),
                kind.equals("competitor") ? of.id() : null,
                kind.equals("optimization") ? of.tracked() : null,
                because == null ? "model" : "rules",
                because,
                because == null ? "m" : null,
                because == null ? "v1" : null,
                7,
                8,
                new BigDecimal("0.000012"),
                "It is <dearer>.",
                new JsonObject().put("findings", new JsonArray().add("one")),
                UUID.randomUUID().toString(),
                List.of(
                        new NewReport.Suggestion("price", "lower it", "others are", "high"),
                        new NewReport.Suggestion("title", "name it", "others do", "low")));
        return pool.withTransaction(transaction -> reports.add(transaction, report))
                .await()
                .atMost(AT_MOST)
                .orElseThrow();
    }

    private static ValidatableResponse get(String path) {
        return TestKeys.viewer().get(path).then();
    }

    private static ValidatableResponse ask(String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/analyses")
                .then();
    }

    @Test
    void showsWhatWasWrittenByWhomAndWhatItCost() {
        Group group = group();
        long model = report("competitor", group, null);
        get("/api/analyses/" + model)
                .statusCode(200)
                .body("kind", equalTo("competitor"))
                .body("writtenBy", equalTo("model"))
                .body("rulesBecause", nullValue())
                .body("promptVersion", equalTo("v1"))
                .body("inputTokens", equalTo(7))
                .body("groupId", equalTo((int) group.id()))
                .body("summary", equalTo("It is <dearer>."))
                .body("body.findings", contains("one"))
                .body("suggestions.kind", contains("price", "title"))
                .body("suggestions[0].reason", equalTo("others are"))
                .body("suggestions[0].impact", equalTo("high"));
        long rules = report("optimization", group, "no language model is configured");
        get("/api/analyses/" + rules)
                .body("writtenBy", equalTo("rules"))
                .body("rulesBecause", equalTo("no language model is configured"))
                .body("productId", equalTo((int) group.tracked()));
        get("/api/analyses/0").statusCode(404);
        get("/api/analyses/nothing").statusCode(404);
    }

    @Test
    void listsTheLatestFirstAPageAtATime() {
        Group group = group();
        long first = report("competitor", group, null);
        long second = report("optimization", group, "x");
        long third = report("competitor", group, null);
        String of = "/api/analyses?userId=" + group.user();
        get(of).body("analyses.id", contains((int) third, (int) second, (int) first))
                .body("next", nullValue());
        get(of + "&kind=competitor").body("analyses.id", contains((int) third, (int) first));
        get(of + "&productId=" + group.tracked()).body("analyses.id", contains((int) second));
        get(of + "&groupId=" + group.id() + "&limit=1").body("analyses.id", contains((int) third));
        get(of + "&limit=2").body("next", equalTo((int) second));
        get(of + "&before=" + second).body("analyses.id", contains((int) first));
        get("/api/analyses?userId=0").body("analyses", hasSize(0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kind=all%20of%20it", "limit=0", "limit=101", "userId=x", "before=1.5", "tenant=1"})
    void refusesParametersThatMakeNoSense(String parameters) {
        get("/api/analyses?" + parameters).statusCode(400);
    }

    @Test
    void aJobMakesWhatIsAskedForAndTwiceWithinAMinuteOnce() {
        Group group = group();
        String body = "{\"kind\":\"competitor\",\"groupId\":" + group.id() + "}";
        String job = ask(body)
                .statusCode(202)
                .header("Location", containsString("/api/jobs/competitor-"))
                .body("jobId", startsWith("competitor-" + group.id() + "-analysis-"))
                .extract()
                .path("jobId");
        get("/api/jobs/" + job)
                .statusCode(200)
                .body("type", equalTo("competitor_analysis"))
                .body("queue", equalTo("analysis"));
        ask("{\"kind\":\"optimization\",\"productId\":" + group.tracked() + "}").statusCode(202);
        ask("{\"kind\":\"trend\",\"timeRange\":\"30d\"}").statusCode(202);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''                                            | 400",
                "{}                                            | 400",
                "[]                                            | 400",
                "{\"kind\":\"webhook\"}                        | 400",
                "{\"kind\":\"competitor\"}                     | 400",
                "{\"kind\":\"competitor\",\"groupId\":\"x\"}   | 400",
                "{\"kind\":\"competitor\",\"groupId\":0}       | 404",
                "{\"kind\":\"competitor\",\"groupId\":-5}      | 404",
                "{\"kind\":\"optimization\",\"productId\":0}   | 404",
                "{\"kind\":\"optimization\",\"groupId\":1,\"productId\":1} | 400",
                "{\"kind\":\"trend\"}                          | 400",
                "{\"kind\":\"trend\",\"timeRange\":\"31d\"}    | 400",
                "{\"kind\":\"trend\",\"timeRange\":\"30d\",\"more\":1} | 400",
            })
    void refusesToAskForWhatThereIsNot(String body, int status) {
        ask(body).statusCode(status);
    }

    @Test
    void showsTheSpendingOfDays() {
        number("INSERT INTO product_model_spending (day, calls, failures, input_tokens, output_tokens, cost)"
                + " VALUES ((now() AT TIME ZONE 'UTC')::date - 3, 4, 1, 500, 60, 0.25)"
                + " ON CONFLICT (day) DO UPDATE SET calls = 4 RETURNING calls::bigint");
        get("/api/analyses/spending?days=4").statusCode(200).body("days.calls", not(hasSize(0)));
        get("/api/analyses/spending?days=0").statusCode(400);
    }

    @Test
    void showsTheHistoriesOfAGroupSideBySide() {
        Group group = group();
        months.ensure(Instant.now()).await().atMost(AT_MOST);
        months.ensure(Instant.now().minus(Duration.ofDays(1))).await().atMost(AT_MOST);
        number(
                "WITH r AS (INSERT INTO product_reading (item_id, taken_at, price) SELECT item_id, now() - n * interval '1 hour', 10 + n"
                        + " FROM product_group_member, generate_series(1, 5) AS n WHERE group_id = $1 RETURNING 1) SELECT count(*) FROM r",
                group.id());
        get("/api/products/groups/" + group.id() + "/history?metric=price")
                .statusCode(200)
                .body("metric", equalTo("price"))
                .body("series", hasSize(4))
                .body("series[0].points", hasSize(0))
                .body("series[1].points", hasSize(5))
                .body("series[1].points[4].value", equalTo(11.0f));
        get("/api/products/groups/" + group.id() + "/history?metric=smell").statusCode(400);
        get("/api/products/groups/" + group.id() + "/history?from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z")
                .statusCode(400);
        get("/api/products/groups/0/history").statusCode(404);
    }
}
