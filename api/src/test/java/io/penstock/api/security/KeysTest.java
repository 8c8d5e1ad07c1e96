package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
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
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class KeysTest {

    @Inject
    Pool pool;

    @Inject
    ApiKeyCache recent;

    @Test
    void aKeyIsShownOnceAndWorksUntilItIsRevoked() {
        ValidatableResponse made = make("{\"name\":\"billing\",\"role\":\"viewer\"}")
                .statusCode(201)
                .body("key", matchesPattern("psk_[A-Za-z0-9_-]{43}"))
                .body("role", equalTo("viewer"))
                .body("expiresAt", nullValue());
        String id = made.extract().path("id");
        String key = made.extract().path("key");
        assertThat(made.extract().header("Location")).endsWith("/api/keys/" + id);

        TestKeys.with(key).get("/api/queues").then().statusCode(200);
        String list = TestKeys.admin()
                .get("/api/keys")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(list).contains(id).doesNotContain(key);

        TestKeys.admin().delete("/api/keys/" + id).then().statusCode(204);
        TestKeys.with(key).get("/api/queues").then().statusCode(401);
        TestKeys.admin().delete("/api/keys/" + id).then().statusCode(204);
        TestKeys.admin()
                .get("/api/keys")
                .then()
                .body("keys.find { it.id == '%s' }.revokedAt".formatted(id), notNullValue())
                .body("keys.find { it.id == '%s' }.lastUsedAt".formatted(id), notNullValue());
    }

    @Test
    void onlyTheHashIsStored() {
        String key = TestKeys.generator("viewer");

        String rows = pool.query("SELECT array_agg(k::text) AS rows FROM api_keys k")
                .execute()
                .map(rowSet -> String.join(" ", rowSet.iterator().next().getArrayOfStrings("rows")))
                .await()
                .atMost(Duration.ofSeconds(5));

        assertThat(rows).doesNotContain(key).contains(KeyHash.of(key).hex());
    }

    @Test
    void anExpiredKeyIsRefused() {
        ValidatableResponse made = make("{\"name\":\"short\",\"role\":\"viewer\",\"expiresInDays\":1}")
                .statusCode(201);
        String key = made.extract().path("key");
        UUID id = UUID.fromString(made.extract().path("id"));
        made.body("expiresAt", notNullValue());
        TestKeys.with(key).get("/api/queues").then().statusCode(200);

        pool.preparedQuery("UPDATE api_keys SET expires_at = now() - interval '1 second' WHERE id = $1")
                .execute(Tuple.of(id))
                .await()
                .atMost(Duration.ofSeconds(5));
        recent.forget(id);

        TestKeys.with(key).get("/api/queues").then().statusCode(401);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"role":"viewer"}                                        | name
                    {"name":"","role":"viewer"}                              | name
                    {"name":"a\\u0000b","role":"viewer"}                     | name
                    {"name":"x"}                                             | role
                    {"name":"x","role":"cron"}                               | role
                    {"name":"x","role":"root"}                               | role
                    {"name":"x","role":"viewer","expiresInDays":0}           | expiresInDays
                    {"name":"x","role":"viewer","expiresInDays":3651}        | expiresInDays
                    {"name":"x","role":"viewer","expiresInDays":"7"}         | expiresInDays
                    {"name":"x","role":"viewer","admin":true}                | admin""")
    void aWrongFieldIsNamed(String body, String field) {
        make(body).statusCode(400).body("code", equalTo("invalid-request")).body("field", equalTo(field));
    }

    @Test
    void namesAreBounded() {
        make("{\"name\":\"%s\",\"role\":\"viewer\"}".formatted("x".repeat(101)))
                .statusCode(400)
                .body("detail", containsString("100"));
    }

    @Test
    void noSuchKeyIsNotFound() {
        TestKeys.admin().delete("/api/keys/" + UUID.randomUUID()).then().statusCode(404);
        TestKeys.admin().delete("/api/keys/nonsense").then().statusCode(404).body("code", equalTo("not-found"));
    }

    @Test
    void keysOfEveryRoleAreListed() {
        TestKeys.generator("operator");

        TestKeys.admin().get("/api/keys").then().body("keys.role", hasItem("operator"));
    }

    private static ValidatableResponse make(String body) {
        return TestKeys.admin()
                .contentType(ContentType.JSON)
                .body(body)
                .post("/api/keys")
                .then();
    }
}
