package io.penstock.api.security;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.response.ValidatableResponse;
import io.restassured.specification.RequestSpecification;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Users who log in, with all that can go wrong. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class SessionsTest {

    private static final String COOKIE = "__Host-penstock_session";
    private static final String PASSWORD = "correct horse battery";

    /** A logged-in browser. */
    private record Browser(String cookie, String csrf) {

        RequestSpecification reading() {
            return given().cookie(COOKIE, cookie);
        }

        RequestSpecification acting() {
            return reading().header("X-CSRF-Token", csrf);
        }
    }

    @Test
    void aUserLogsInActsAndLogsOut() {
        String name = user("operator");
        Response answer = logIn(name.toUpperCase(Locale.ROOT), PASSWORD);
        answer.then()
                .statusCode(200)
                .body("kind", equalTo("user"))
                .body("id", startsWith("user:"))
                .body("name", equalTo(name))
                .body("role", equalTo("operator"))
                .body("roles", contains("cron", "operator", "viewer"))
                .body("expiresAt", notNullValue());
        assertThat(answer.header("Set-Cookie"))
                .contains("HTTPOnly", "SameSite=Strict", "Secure", "Path=/", "Max-Age=604800")
                .doesNotContain("Domain");
        Browser browser = browser(answer);

        browser.reading().get("/api/session").then().statusCode(200).body("csrfToken", equalTo(browser.csrf()));
        browser.reading().get("/api/queues").then().statusCode(200);
        browser.acting().post("/api/queues/unknown/pause").then().statusCode(404);
        browser.reading().get("/api/users").then().statusCode(403).body("code", equalTo("forbidden"));

        Response out = browser.acting().delete("/api/session");
        assertThat(out.statusCode()).isEqualTo(204);
        assertThat(out.header("Set-Cookie")).startsWith(COOKIE + "=;").contains("Max-Age=0");
        browser.reading().get("/api/queues").then().statusCode(401).body("code", equalTo("unauthorized"));
        browser.reading().get("/api/session").then().statusCode(401);
        browser.reading().delete("/api/session").then().statusCode(204);
    }

    @Test
    void whatChangesSomethingNeedsTheTokenOfThisSession() {
        Browser browser = browser(logIn(user("operator"), PASSWORD));
        Browser other = browser(logIn(user("operator"), PASSWORD));

        for (String wrong : new String[] {null, "", "x", other.csrf()}) {
            RequestSpecification request = browser.reading();
            if (wrong != null) {
                request.header("X-CSRF-Token", wrong);
            }
            request.post("/api/queues/unknown/pause").then().statusCode(403).body("code", equalTo("csrf-token"));
        }
        browser.reading().delete("/api/session").then().statusCode(403).body("code", equalTo("csrf-token"));
        browser.reading().get("/api/session").then().statusCode(200);
    }

    @Test
    void aKeyNeedsNoTokenAndIsJudgedAlone() {
        Browser viewer = browser(logIn(user("viewer"), PASSWORD));

        viewer.reading()
                .header("Authorization", "Bearer " + TestKeys.ADMIN)
                .delete("/api/keys/" + UUID.randomUUID())
                .then()
                .statusCode(404);
        viewer.reading()
                .header("Authorization", "Bearer wrong")
                .get("/api/queues")
                .then()
                .statusCode(401);
        TestKeys.admin()
                .get("/api/session")
                .then()
                .statusCode(200)
                .body("kind", equalTo("environment"))
                .body("csrfToken", nullValue());
        TestKeys.with(TestKeys.CRON).get("/api/session").then().statusCode(200).body("role", equalTo("cron"));
    }

    @Test
    void whatWasWrongIsNotTold() {
        String name = user("viewer");
        String wrongPassword = logIn(name, "wrong password 123")
                .then()
                .statusCode(401)
                .extract()
                .asString();
        String unknown = logIn("nobody-" + UUID.randomUUID(), PASSWORD)
                .then()
                .statusCode(401)
                .extract()
                .asString();
        String disabledName = user("viewer");
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("disabled", true))
                .put("/api/users/" + idOf(disabledName))
                .then()
                .statusCode(200);
        String disabled =
                logIn(disabledName, PASSWORD).then().statusCode(401).extract().asString();

        assertThat(wrongPassword).contains("log-in-failed").isEqualTo(unknown).isEqualTo(disabled);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "1.environment.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "1.00000000-0000-0000-0000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
                "1.{queue:0}.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
            })
    void aForgedCookieIsRefused(String forged) {
        given().cookie(COOKIE, forged).get("/api/queues").then().statusCode(401);
        given().cookie(COOKIE, forged).get("/q/metrics").then().statusCode(401);
        given().cookie(COOKIE, forged).get("/api/session").then().statusCode(401);
        // Whoever holds a dead cookie must be able to log in anew, and out.
        given().cookie(COOKIE, forged)
                .contentType(ContentType.JSON)
                .body(Map.of("name", user("viewer"), "password", PASSWORD))
                .post("/api/session")
                .then()
                .statusCode(200);
        given().cookie(COOKIE, forged).delete("/api/session").then().statusCode(204);
    }

    @Test
    void anotherRoleOrPasswordAndDisablingEndTheSessions() {
        for (Map<String, Object> change : List.<Map<String, Object>>of(
                Map.of("role", "viewer"), Map.of("password", "another password 1"), Map.of("disabled", true))) {
            String name = user("operator");
            Browser browser = browser(logIn(name, PASSWORD));
            change(name, change).statusCode(200);
            browser.reading().get("/api/session").then().statusCode(401);
        }
        String name = user("operator");
        Browser browser = browser(logIn(name, PASSWORD));
        change(name, Map.of("displayName", "Somebody", "role", "operator"))
                .statusCode(200)
                .body("displayName", equalTo("Somebody"));
        browser.reading().get("/api/session").then().statusCode(200);

        TestKeys.admin().delete("/api/users/" + idOf(name) + "/sessions").then().statusCode(204);
        browser.reading().get("/api/session").then().statusCode(401);

        Browser again = browser(logIn(name, PASSWORD));
        String id = idOf(name);
        TestKeys.admin().delete("/api/users/" + id).then().statusCode(204);
        again.reading().get("/api/session").then().statusCode(401);
        TestKeys.admin().get("/api/users/" + id).then().statusCode(404);
        logIn(name, PASSWORD).then().statusCode(401);
    }

    @Test
    void usersChangeTheirOwnPassword() {
        String name = user("viewer");
        Browser here = browser(logIn(name, PASSWORD));
        Browser elsewhere = browser(logIn(name, PASSWORD));

        password(here, "wrong password 123", "a new password 99")
                .statusCode(401)
                .body("code", equalTo("log-in-failed"));
        password(here, PASSWORD, "short").statusCode(400).body("field", equalTo("new"));
        password(here, PASSWORD, "é".repeat(37)).statusCode(400).body("field", equalTo("new"));
        password(here, PASSWORD, "a new password 99").statusCode(204);

        here.reading().get("/api/session").then().statusCode(200);
        elsewhere.reading().get("/api/session").then().statusCode(401);
        logIn(name, PASSWORD).then().statusCode(401);
        logIn(name, "a new password 99").then().statusCode(200);
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("current", PASSWORD, "new", PASSWORD))
                .put("/api/session/password")
                .then()
                .statusCode(403);
    }

    @Test
    void aLinkLogsInOnce() {
        ValidatableResponse link = link(Map.of()).statusCode(201);
        String token = link.extract().path("token");
        link.body("path", equalTo("/console/login#token=" + token));

        Response answer = logInBy(token);
        answer.then().statusCode(200).body("kind", equalTo("link")).body("role", equalTo("admin"));
        browser(answer).reading().get("/api/users").then().statusCode(200);
        logInBy(token).then().statusCode(401).body("code", equalTo("log-in-failed"));
    }

    @Test
    void aLinkLogsAUserInUnlessTheUserChanged() {
        String name = user("viewer");
        String good =
                link(Map.of("userId", idOf(name))).statusCode(201).extract().path("token");
        String stale = link(Map.of("userId", idOf(name), "minutes", 1440))
                .statusCode(201)
                .extract()
                .path("token");

        logInBy(good).then().statusCode(200).body("name", equalTo(name)).body("role", equalTo("viewer"));
        change(name, Map.of("role", "operator")).statusCode(200);
        logInBy(stale).then().statusCode(401);
    }

    @Test
    void onlyTheAdminKeyMakesALinkForNobody() {
        TestKeys.with(TestKeys.keyOf("admin-stored"))
                .contentType(ContentType.JSON)
                .body(Map.of())
                .post("/api/session/links")
                .then()
                .statusCode(400)
                .body("field", equalTo("userId"));
        link(Map.of("userId", UUID.randomUUID().toString())).statusCode(404);
        link(Map.of("minutes", 0)).statusCode(400).body("field", equalTo("minutes"));
        link(Map.of("minutes", 1441)).statusCode(400).body("field", equalTo("minutes"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {}                                   | name
                    {"name":"","password":"x"}           | name
                    {"name":"a"}                         | password
                    {"name":"a","password":""}           | password
                    {"token":"psk_x"}                    | token
                    {"token":"psl_x","name":"a"}         | token
                    {"name":"a","password":"b","x":1}    | x""")
    void aLogInThatMakesNoSenseIsRefused(String body, String field) {
        given().contentType(ContentType.JSON)
                .body(body)
                .post("/api/session")
                .then()
                .statusCode(400)
                .body("field", equalTo(field));
    }

    @Test
    void aFormOfAnotherSiteCannotLogIn() {
        given().contentType("application/x-www-form-urlencoded")
                .body("name=a&password=b")
                .post("/api/session")
                .then()
                .statusCode(415);
        given().contentType("text/plain").body("{}").post("/api/session").then().statusCode(415);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"role":"viewer"}                                            | name
                    {"name":"a b","role":"viewer"}                               | name
                    {"name":"a"}                                                 | role
                    {"name":"a","role":"cron"}                                   | role
                    {"name":"a","role":"viewer","password":"too short"}          | password
                    {"name":"a","role":"viewer","displayName":"a\\u0000"}        | displayName
                    {"name":"a","role":"viewer","passwordHash":"$2a$"}           | passwordHash""")
    void aUserThatMakesNoSenseIsRefused(String body, String field) {
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/users")
                .then()
                .statusCode(400)
                .body("field", equalTo(field));
    }

    @Test
    void aNameIsTakenOnce() {
        String name = user("viewer");

        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", name.toUpperCase(Locale.ROOT), "role", "admin"))
                .post("/api/users")
                .then()
                .statusCode(409)
                .body("code", equalTo("user-exists"));
        String list = TestKeys.admin()
                .get("/api/users")
                .then()
                .statusCode(200)
                .body("users.findAll { it.name == '%s' }".formatted(name), hasSize(1))
                .extract()
                .asString();
        assertThat(list).doesNotContain("$2");
    }

    private static ValidatableResponse password(Browser browser, String current, String wanted) {
        return browser.acting()
                .contentType(ContentType.JSON)
                .body(Map.of("current", current, "new", wanted))
                .put("/api/session/password")
                .then();
    }

    private static ValidatableResponse link(Map<String, Object> body) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/session/links")
                .then();
    }

    private static ValidatableResponse change(String name, Map<String, Object> change) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(change)
                .put("/api/users/" + idOf(name))
                .then();
    }

    private static String idOf(String name) {
        return TestKeys.admin().get("/api/users").path("users.find { it.name == '%s' }.id".formatted(name));
    }

    private static String user(String role) {
        String name = "user-" + UUID.randomUUID();
        TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(Map.of("name", name, "role", role, "password", PASSWORD))
                .post("/api/users")
                .then()
                .statusCode(201)
                .body("hasPassword", equalTo(true));
        return name;
    }

    private static Response logIn(String name, String password) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("name", name, "password", password))
                .post("/api/session");
    }

    private static Response logInBy(String token) {
        return given().contentType(ContentType.JSON)
                .body(Map.of("token", token))
                .post("/api/session");
    }

    private static Browser browser(Response logIn) {
        assertThat(logIn.statusCode()).isEqualTo(200);
        return new Browser(logIn.cookie(COOKIE), logIn.path("csrfToken"));
    }
}
