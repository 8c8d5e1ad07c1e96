package io.penstock.api.products;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.not;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.ValidatableResponse;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What users of product monitoring were told, and how they stop it. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class NotificationsTest {

    private static final String SECRET = "0123456789abcdef-secret";

    @Inject
    Pool pool;

    private Row row(String statement, Object... parameters) {
        return pool.preparedQuery(statement)
                .execute(Tuple.from(Arrays.asList(parameters)))
                .await()
                .atMost(Duration.ofSeconds(30))
                .iterator()
                .next();
    }

    private long newUser() {
        return row("INSERT INTO product_user (email) VALUES ($1) RETURNING id", UUID.randomUUID() + "@example.org")
                .getLong(0);
    }

    private String token(long user) {
        return row("SELECT unsubscribe_token FROM product_user WHERE id = $1", user)
                .getString(0);
    }

    private static ValidatableResponse list(long user, String query) {
        return TestKeys.viewer()
                .get("/api/users/" + user + "/notifications" + query)
                .then();
    }

    private static ValidatableResponse change(long user, String body) {
        return TestKeys.operator()
                .contentType(ContentType.JSON)
                .body(body)
                .put("/api/products/users/" + user)
                .then();
    }

    @Test
    void listsWhatAUserWasToldThePagesTheLatestFirst() {
        long user = newUser();
        long other = newUser();
        row(
                "INSERT INTO product_notification (user_id, about, kind, subject, body, state, webhook_state, webhook_failure, ended_at)"
                        + " SELECT CASE WHEN n = 0 THEN $2 ELSE $1 END, $3 || n, CASE WHEN n = 5 THEN 'digest' ELSE 'system' END,"
                        + " 'subject ' || n, 'body', CASE WHEN n = 3 THEN 'refused' ELSE 'sent' END, 'refused', 'answered 410', now()"
                        + " FROM generate_series(0, 5) AS n RETURNING id",
                user,
                other,
                UUID.randomUUID().toString());

        int next = list(user, "?limit=2")
                .statusCode(200)
                .body("notifications.subject", equalTo(Arrays.asList("subject 5", "subject 4")))
                .body("notifications[0].webhook.state", equalTo("refused"))
                .body("notifications[0].webhook.failure", equalTo("answered 410"))
                .body("notifications[0].mail.state", equalTo("pending"))
                .body("next", notNullValue())
                .extract()
                .path("next");
        list(user, "?limit=3&before=" + next)
                .body("notifications.subject", equalTo(Arrays.asList("subject 3", "subject 2", "subject 1")));
        list(user, "").body("notifications", hasSize(5)).body("next", nullValue());
        list(user, "?state=refused").body("notifications.subject", equalTo(Arrays.asList("subject 3")));
        list(user, "?kind=digest").body("notifications.subject", equalTo(Arrays.asList("subject 5")));
    }

    @Test
    void refusesQueriesThatCannotBeMeant() {
        long user = newUser();
        for (String query :
                new String[] {"?state=lost", "?kind=spam", "?limit=0", "?limit=999", "?before=x", "?page=1"}) {
            list(user, query).statusCode(400);
        }
        list(999_999_999, "").statusCode(404);
        TestKeys.viewer().get("/api/users/x/notifications").then().statusCode(404);
        // The console's users are others, and are where they were.
        TestKeys.admin().get("/api/users").then().statusCode(200);
    }

    @Test
    void theLinkAsksAndItsButtonStopsTheMailsOnceOrOften() {
        long user = newUser();
        String link = "/api/products/unsubscribe/" + token(user);

        RestAssured.given()
                .get(link)
                .then()
                .statusCode(200)
                .contentType("text/html")
                .header("Cache-Control", "no-store")
                .header("Referrer-Policy", "no-referrer")
                .header("Content-Security-Policy", containsString("sandbox allow-forms"))
                .body(containsString("<form method=\"post\">"))
                .body(not(containsString("example.org")));
        assertThat(row("SELECT unsubscribed_at FROM product_user WHERE id = $1", user)
                        .getValue(0))
                .isNull();

        for (int i = 0; i < 2; i++) {
            RestAssured.given()
                    .contentType("application/x-www-form-urlencoded")
                    .body("List-Unsubscribe=One-Click")
                    .post(link)
                    .then()
                    .statusCode(200)
                    .body(containsString("You get no more mails"));
        }
        RestAssured.given()
                .multiPart("List-Unsubscribe", "One-Click")
                .post(link)
                .then()
                .statusCode(200);
        RestAssured.given().post(link).then().statusCode(200);
        TestKeys.viewer()
                .get("/api/products/users/" + user)
                .then()
                .body("unsubscribedAt", notNullValue())
                .body("emailOn", equalTo(true));
        change(user, "{\"emailOn\":true}").statusCode(200).body("unsubscribedAt", nullValue());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "' OR 1=1 --",
                "%F0%9F%92%8C"
            })
    void aLinkOfNobodyStopsNothing(String token) {
        String link = ("/api/products/unsubscribe/" + token).replace(" ", "%20").replace("'", "%27");
        RestAssured.given()
                .urlEncodingEnabled(false)
                .accept("text/html,application/xhtml+xml,*/*;q=0.8")
                .get(link)
                .then()
                .statusCode(404)
                .contentType("text/html")
                .body(containsString("belongs to nobody"));
        RestAssured.given()
                .urlEncodingEnabled(false)
                .post(link)
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"));
    }

    @Test
    void aWebhookNeedsASecretAndAPublicAddress() {
        long user = newUser();
        change(user, "{\"webhookUrl\":\"https://example.org/hook\"}")
                .statusCode(400)
                .body("detail", containsString("webhookSecret"));
        assertThat(row("SELECT webhook_url FROM product_user WHERE id = $1", user)
                        .getString(0))
                .isNull();
        for (String url : new String[] {
            "http://127.0.0.1/",
            "http://localhost:6379/",
            "http://10.1.2.3/",
            "http://169.254.169.254/latest/meta-data/",
            "http://[::1]/",
            "http://[fd00::1]/",
            "http://2130706433/",
            "http://0x7f.0.0.1/"
        }) {
            change(user, "{\"webhookUrl\":\"" + url + "\",\"webhookSecret\":\"" + SECRET + "\"}")
                    .statusCode(400)
                    .body("detail", containsString("webhookUrl"));
        }
        change(user, "{\"webhookUrl\":\"https://example.org/hook\",\"webhookSecret\":\"" + SECRET + "\"}")
                .statusCode(200)
                .body("hasWebhookSecret", equalTo(true));
        change(user, "{\"webhookSecret\":\"\"}").statusCode(400);
        change(user, "{\"webhookUrl\":\"\",\"webhookSecret\":\"\"}").statusCode(200);
    }
}
