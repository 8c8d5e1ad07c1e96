package io.penstock.api.templates;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.empty;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Templates one at a time, and the search. Each test has a tenant of its own. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class TemplatesApiTest {

    private static final String TEMPLATES = "/api/templates";

    @Inject
    Pool pool;

    private final String tenant = "t-" + UUID.randomUUID();

    private ValidatableResponse make(String template) {
        return post("", "{\"tenant\":\"" + tenant + "\",\"template\":" + template + "}");
    }

    private static ValidatableResponse post(String path, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .post(TEMPLATES + path)
                .then();
    }

    private String made(String name, String more) {
        return make("{\"name\":\"" + name + "\"" + more + "}")
                .statusCode(201)
                .extract()
                .path("id");
    }

    private ValidatableResponse change(String id, long version, String set) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body("{\"tenant\":\"" + tenant + "\",\"expectedVersion\":" + version + ",\"set\":" + set + "}")
                .patch(TEMPLATES + "/" + id)
                .then();
    }

    private ValidatableResponse get(String rest) {
        return TestKeys.viewer().get(TEMPLATES + rest).then();
    }

    private ValidatableResponse find(String more) {
        return get("?tenant=" + tenant + more).statusCode(200);
    }

    private long count(String statement, Object id) {
        return pool.preparedQuery(statement)
                .execute(Tuple.of(tenant, UUID.fromString(id.toString())))
                .await()
                .atMost(Duration.ofSeconds(60))
                .iterator()
                .next()
                .getLong(0);
    }

    @Test
    void aTemplateIsMadeReadChangedArchivedAndRemoved() {
        String id = made("Yoga", ",\"price\":12.50,\"tags\":[\"calm\",{\"name\":\"level\",\"value\":\"1\"}]");
        get("/" + id + "?tenant=" + tenant)
                .statusCode(200)
                .body("version", equalTo(1))
                .body("tags.name", contains("calm", "level"))
                .body("own.price", equalTo(12.50f));

        change(id, 1, "{\"price\":13,\"tags\":[\"new\"]}")
                .statusCode(200)
                .body("version", equalTo(2))
                .body("previousVersion", equalTo(1))
                .body("tags.name", contains("new"));
        change(id, 1, "{\"price\":14}").statusCode(409).body("code", equalTo("version-conflict"));
        get("/" + id + "?tenant=" + tenant).body("own.price", equalTo(13.0f));
        get("/" + id + "/versions?tenant=" + tenant)
                .body("versions.version", contains(1))
                .body("versions[0].content", containsString("calm"));

        post("/" + id + "/archive", "{\"tenant\":\"" + tenant + "\",\"expectedVersion\":2}")
                .statusCode(200)
                .body("status", equalTo("archived"));
        TestKeys.operator()
                .delete(TEMPLATES + "/" + id + "?tenant=" + tenant + "&expectedVersion=2")
                .then()
                .statusCode(409);
        TestKeys.operator()
                .delete(TEMPLATES + "/" + id + "?tenant=" + tenant + "&expectedVersion=3")
                .then()
                .statusCode(204);
        get("/" + id + "?tenant=" + tenant).statusCode(404);
        assertThat(count("SELECT count(*) FROM course_template_audit WHERE tenant = $1 AND template_id = $2", id))
                .isEqualTo(4);
    }

    @Test
    void whatIsInheritedIsToldApartAndAChangeAboveIsSeenBelow() {
        String top = made(
                "top", ",\"price\":10,\"status\":\"active\",\"dynamicProperties\":{\"room\":\"A\",\"media\":[\"x\"]}");
        String middle = made("middle", ",\"parentId\":\"" + top + "\",\"dynamicProperties\":{\"media\":[\"y\"]}");
        String below = made("below", ",\"status\":\"active\",\"parentId\":\"" + middle + "\"");

        get("/" + below + "?tenant=" + tenant)
                .body("depth", equalTo(2))
                .body("chain.name", contains("top", "middle", "below"))
                .body("effective.price", equalTo(10.0f))
                .body("effective.dynamicProperties.media", contains("x", "y"))
                .body("own.dynamicProperties", equalTo(Map.of()))
                .body("inherited.price", equalTo(top))
                .body("inherited['dynamicProperties.room']", equalTo(top));

        change(top, 1, "{\"price\":11}").statusCode(200);
        get("/" + below + "?tenant=" + tenant).body("effective.price", equalTo(11.0f));

        change(top, 2, "{\"parentId\":\"" + below + "\"}")
                .statusCode(400)
                .body("field", equalTo("set.parentId"))
                .body("detail", containsString("circle: " + top + " -> " + below + " -> " + middle + " -> " + top));
        TestKeys.operator()
                .delete(TEMPLATES + "/" + top + "?tenant=" + tenant)
                .then()
                .statusCode(409)
                .body("code", equalTo("template-state"));
    }

    @Test
    void aChainHasTenLevelsAndNoEleventh() {
        List<String> ids = new ArrayList<>();
        for (int level = 0; level < 10; level++) {
            ids.add(made("level " + level, level == 0 ? "" : ",\"parentId\":\"" + ids.get(level - 1) + "\""));
        }
        make("{\"name\":\"eleventh\",\"parentId\":\"" + ids.get(9) + "\"}")
                .statusCode(400)
                .body("field", equalTo("template.parentId"))
                .body("detail", containsString("11 levels"));
        String other = made("other", "");
        change(ids.get(0), 1, "{\"parentId\":\"" + other + "\"}")
                .statusCode(400)
                .body("detail", containsString("11 levels"));
        get("/" + ids.get(9) + "?tenant=" + tenant).body("chain", hasSize(10));
    }

    @Test
    void aCircleThatIsStoredIsNamedAndNotFollowed() {
        String a = made("a", "");
        String b = made("b", ",\"parentId\":\"" + a + "\"");
        pool.preparedQuery("UPDATE course_template SET parent_id = $3, depth = 1 WHERE tenant = $1 AND id = $2")
                .execute(Tuple.of(tenant, UUID.fromString(a), UUID.fromString(b)))
                .await()
                .atMost(Duration.ofSeconds(60));
        make("{\"name\":\"c\",\"parentId\":\"" + b + "\"}")
                .statusCode(400)
                .body("detail", containsString("circle: " + b + " -> " + a + " -> " + b));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|template.name|400",
                "{\"name\":\"a\",\"price\":-1}|template.price|400",
                "{\"name\":\"a\",\"minParticipants\":5,\"maxParticipants\":4}|template.minParticipants|400",
                "{\"name\":\"a\",\"inherit\":\"guess\"}|template.inherit|400",
                "{\"name\":\"a\",\"validationRules\":{\"type\":\"colour\"}}|template.validationRules|400",
                "{\"name\":\"a\",\"validationRules\":{\"$ref\":\"http://127.0.0.1/\"}}|template.validationRules|400",
                "{\"name\":\"a\",\"categoryId\":\"00000000-0000-0000-0000-000000000001\"}|template.categoryId|400",
                "{\"name\":\"a\",\"parentId\":\"00000000-0000-0000-0000-000000000001\"}|template.parentId|400",
                "{\"name\":\"a\",\"tenant\":\"b\"}|template.tenant|400",
            })
    void whatIsWrongIsToldWithItsField(String template, String field, int status) {
        make(template).statusCode(status).body("field", equalTo(field));
        find("").body("templates", empty());
    }

    @Test
    void namesPropertiesAndRulesAreHeldTo() {
        made("same", "");
        make("{\"name\":\"same\"}").statusCode(409).body("code", equalTo("template-state"));
        String deep = "{\"a\":".repeat(40) + "1" + "}".repeat(40);
        make("{\"name\":\"deep\",\"dynamicProperties\":" + deep + "}")
                .statusCode(400)
                .body("field", equalTo("template.dynamicProperties"));
        make("{\"name\":\"bomb\",\"dynamicProperties\":" + "[".repeat(500) + "]".repeat(500) + "}")
                .statusCode(400);
        make("{\"name\":\"large\",\"dynamicProperties\":{\"a\":\"" + "x".repeat(70_000) + "\"}}")
                .statusCode(400);
        String parent = made(
                "ruled",
                ",\"dynamicProperties\":{\"room\":\"A\"},\"validationRules\":{\"required\":[\"room\"],"
                        + "\"properties\":{\"room\":{\"type\":\"string\"}}}");
        make("{\"name\":\"child\",\"inherit\":\"selective\",\"parentId\":\"" + parent + "\"}")
                .statusCode(400)
                .body("field", equalTo("template.dynamicProperties"))
                .body("detail", containsString("room"));
        post(
                        "",
                        "{\"tenant\":\"" + tenant
                                + "\",\"validation\":\"partial\",\"template\":{\"name\":\"child\",\"inherit\":\"selective\",\"parentId\":\""
                                + parent + "\"}}")
                .statusCode(201);
        make("{\"name\":\"wrong\",\"parentId\":\"" + parent + "\",\"dynamicProperties\":{\"room\":1}}")
                .statusCode(400);
    }

    @Test
    void anotherTenantsTemplatesDoNotExist() {
        String id = made("mine", "");
        String other = "?tenant=other-" + UUID.randomUUID();
        get("/" + id + other).statusCode(404);
        get("/" + id + "/uses" + other).statusCode(404);
        get("/" + id + "/versions" + other).statusCode(404);
        get(other).body("templates", empty());
        TestKeys.operator().delete(TEMPLATES + "/" + id + other).then().statusCode(404);
        TestKeys.operator()
                .put(TEMPLATES + "/" + id + "/favourite" + other)
                .then()
                .statusCode(404);
        String body = "{\"tenant\":\"other\",\"expectedVersion\":1,\"set\":{\"price\":1}}";
        TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .patch(TEMPLATES + "/" + id)
                .then()
                .statusCode(404);
        post("/" + id + "/archive", "{\"tenant\":\"other\",\"expectedVersion\":1}")
                .statusCode(404);
        post("/" + id + "/uses", "{\"tenant\":\"other\"}").statusCode(404);
        post("", "{\"tenant\":\"other\",\"template\":{\"name\":\"a\",\"parentId\":\"" + id + "\"}}")
                .statusCode(400)
                .body("field", equalTo("template.parentId"));
        get("/" + id + "?tenant=" + tenant).statusCode(200).body("version", equalTo(1));
    }

    @Test
    void usesAndFavouritesCount() {
        String id = made("used", "");
        post(
                        "/" + id + "/uses",
                        "{\"tenant\":\"" + tenant + "\",\"customisations\":{\"price\":3},\"outcome\":\"well\"}")
                .statusCode(201);
        String favourite = TEMPLATES + "/" + id + "/favourite?tenant=" + tenant;
        TestKeys.viewer().put(favourite).then().statusCode(204);
        TestKeys.viewer().put(favourite).then().statusCode(204);
        get("/" + id + "/uses?tenant=" + tenant)
                .body("usageCount", equalTo(1))
                .body("favourites", equalTo(1))
                .body("favourite", equalTo(true))
                .body("latest[0].templateVersion", equalTo(1))
                .body("latest[0].outcome", equalTo("well"));
        find("&favourites=true").body("templates.id", contains(id));
        TestKeys.viewer().delete(favourite).then().statusCode(204);
        find("&favourites=true").body("templates", empty());
        find("").body("templates[0].usageCount", equalTo(1)).body("templates[0].favourites", equalTo(0));
    }

    @ParameterizedTest
    @CsvSource({
        "status=active,       a c",
        "kind=base,           a",
        "skillLevel=expert,   b",
        "text=ALPHA,          a",
        "text=red,            a b",
        "text=100_x,           c",
        "'tags=red,blue',     a b c",
        "tags=blue,           c",
        "minPrice=15,         b c",
        "minPrice=15&maxPrice=25, b",
        "maxDuration=60,      a",
        "popular=true,        c",
        "sort=name&order=desc, c b a",
        "sort=usage,          c b a",
        "sort=popularity&order=asc, a b c",
        "sort=created,        c b a",
        "sort=updated&order=asc, a b c",
        "sort=last_used,      c b a",
    })
    void eachFilterAndSortFindsThese(String question, String names) {
        three();
        find("&" + question).body("templates.name", contains(names.split(" ")));
    }

    private void three() {
        made(
                "a",
                ",\"kind\":\"base\",\"status\":\"active\",\"description\":\"Alpha 100yx\",\"price\":10,\"durationMinutes\":60,\"tags\":[\"red\"]");
        made("b", ",\"skillLevel\":\"expert\",\"price\":20,\"durationMinutes\":90,\"tags\":[\"red\"]");
        made(
                "c",
                ",\"status\":\"active\",\"description\":\"100_x\",\"price\":30,\"durationMinutes\":90,\"tags\":[\"blue\"]");
        pool.preparedQuery(
                        """
                        UPDATE course_template SET usage_count = CASE name WHEN 'c' THEN 11 WHEN 'b' THEN 10 ELSE 0 END,
                            last_used_at = CASE name WHEN 'c' THEN now() WHEN 'b' THEN now() - interval '1 day' END
                        WHERE tenant = $1
                        """)
                .execute(Tuple.of(tenant))
                .await()
                .atMost(Duration.ofSeconds(60));
    }

    @ParameterizedTest
    @ValueSource(strings = {"name", "created", "updated", "usage", "last_used", "popularity"})
    void pagesLeadForwardAndBack(String sort) {
        three();
        String order = "&limit=1&sort=" + sort + "&order=asc";
        String next = null;
        String previous = null;
        List<String> seen = new ArrayList<>();
        for (int page = 0; page < 3; page++) {
            ValidatableResponse found = find(order + (next == null ? "" : "&place=" + next))
                    .body("total", equalTo(3))
                    .body("totalIsExact", equalTo(true));
            seen.add(found.extract().path("templates[0].name"));
            next = found.extract().path("next");
            previous = found.extract().path("previous");
        }
        assertThat(seen).containsExactly("a", "b", "c");
        assertThat(next).isNull();
        find(order + "&place=" + previous)
                .body("templates.name", contains("b"))
                .body("next", not(nullValue()))
                .body("previous", not(nullValue()));
        get("?tenant=" + tenant + "&limit=1&place=" + previous + "&sort=" + sort + "&order=desc")
                .statusCode(400)
                .body("field", equalTo("place"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sort=colour",
                "status=gone",
                "minPrice=-1",
                "minPrice=1e99",
                "tags=a,,b",
                "place=x",
                "popular=1",
                "category=1"
            })
    void aQuestionThatMeansNothingIsRefused(String question) {
        get("?tenant=" + tenant + "&" + question)
                .statusCode(400)
                .body("field", equalTo(question.substring(0, question.indexOf('='))));
    }

    @Test
    void aPageIsForgottenWhenTheTenantChangesSomething() {
        made("one", "");
        find("").body("templates", hasSize(1));
        made("two", "");
        find("").body("templates", hasSize(2));
    }

    /** Half of what is allowed in a minute may come at once; then one each 100 ms: calls are repeated until one comes too early. */
    @Test
    void aTenantThatChangesTooMuchIsToldToWait() {
        int tries = triesUntilTooMany(() -> change(UUID.randomUUID().toString(), 1, "{\"price\":1}"));
        assertThat(tries).isGreaterThanOrEqualTo(299);

        triesUntilTooMany(() -> post(
                "/bulk/update",
                "{\"tenant\":\"" + tenant + "\",\"changes\":[{\"id\":\"" + UUID.randomUUID()
                        + "\",\"set\":{\"price\":1}}]}"));

        post("", "{\"tenant\":\"other-" + tenant + "\",\"template\":{\"name\":\"a\"}}")
                .statusCode(201);
    }

    private static int triesUntilTooMany(Supplier<ValidatableResponse> call) {
        int tries = 0;
        ValidatableResponse answer = call.get();
        while (answer.extract().statusCode() == 404 && tries++ < 2_000) {
            answer = call.get();
        }
        answer.statusCode(429).header("Retry-After", notNullValue()).body("code", equalTo("too-many-requests"));
        return tries;
    }

    @Test
    void categoriesHaveNamesOfTheirOwn() {
        String body = "{\"tenant\":\"" + tenant + "\",\"name\":\"Sport\",\"colour\":\"#1f6feb\"}";
        String id = post("/categories", body).statusCode(201).extract().path("id");
        post("/categories", body).statusCode(409);
        post("/categories", body.replace("#1f6feb", "blue")).statusCode(400);
        made("run", ",\"categoryId\":\"" + id + "\"");
        find("&category=" + id).body("templates.name", contains("run"));
        get("/categories?tenant=" + tenant).body("categories.name", contains("Sport"));
    }
}
