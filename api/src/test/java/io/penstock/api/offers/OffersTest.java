package io.penstock.api.offers;

import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.inject.Inject;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class OffersTest {

    private static final String THREE_OFFERS =
            """
            INSERT INTO offers (offer_id, name, status, country, daily_cap_unlimited, filled_cap_unlimited,
                                last_conversion_seconds, last_converted_at, first_seen_at, fetched_at)
            VALUES ('api-1', 'api test one',   'Active', 'ZZ', true, false, 60,
                    '2026-01-01T11:59:00Z', '2026-01-01T00:00:00Z', '2026-01-01T12:00:00Z'),
                   ('api-2', 'api test two',   'Paused', 'ZZ', true, false, 600,
                    '2026-01-01T11:50:00Z', '2026-01-01T00:00:00Z', '2026-01-01T12:00:00Z'),
                   ('api-3', 'api test three', 'Active', 'ZZ', true, false, NULL,
                    NULL, '2026-01-01T00:00:00Z', '2026-01-01T12:00:00Z')
            ON CONFLICT DO NOTHING""";

    private static final String THREE_SNAPSHOTS =
            """
            INSERT INTO offer_snapshots (offer_id, taken_at, status, daily_cap_unlimited, filled_cap_unlimited,
                                         last_conversion_seconds)
            VALUES ('api-1', '2026-01-01T10:00:00Z', 'Active', true, false, 30),
                   ('api-1', '2026-01-01T11:00:00Z', 'Active', true, false, 45),
                   ('api-1', '2026-01-01T12:00:00Z', 'Active', true, false, 60)
            ON CONFLICT DO NOTHING""";

    @Inject
    Pool pool;

    @BeforeEach
    void storeSome() {
        pool.query(THREE_OFFERS).execute().await().atMost(Duration.ofSeconds(10));
        pool.query(THREE_SNAPSHOTS).execute().await().atMost(Duration.ofSeconds(10));
    }

    @Test
    void offersAreListedByTheirLastConversion() {
        TestKeys.viewer()
                .get("/api/offers?country=zz")
                .then()
                .statusCode(200)
                .body("offers.offerId", contains("api-1", "api-2", "api-3"))
                .body("total", equalTo(3))
                .body("limit", equalTo(50))
                .body("offset", equalTo(0))
                .body("offers[0].status", equalTo("Active"))
                .body("offers[0].lastConvertedAt", equalTo("2026-01-01T11:59:00Z"));
        TestKeys.viewer()
                .get("/api/offers?country=ZZ&sort=lastConversion")
                .then()
                .body("offers.offerId", contains("api-2", "api-1", "api-3"));
    }

    @Test
    void offersAreFilteredAndPaged() {
        TestKeys.viewer().get("/api/offers?country=ZZ&status=Paused").then().body("offers.offerId", contains("api-2"));
        TestKeys.viewer().get("/api/offers?country=ZZ&text=test thr").then().body("offers.offerId", contains("api-3"));
        TestKeys.viewer()
                .get("/api/offers?country=ZZ&limit=1&offset=1")
                .then()
                .body("offers.offerId", contains("api-2"))
                .body("total", equalTo(3));
    }

    @Test
    void oneOfferIsFound() {
        TestKeys.viewer().get("/api/offers/api-1").then().statusCode(200).body("name", equalTo("api test one"));
        TestKeys.viewer().get("/api/offers/api-none").then().statusCode(404).body("code", equalTo("not-found"));
    }

    @Test
    void itsHistoryIsReadInPages() {
        String next = TestKeys.viewer()
                .get("/api/offers/api-1/history?limit=2")
                .then()
                .statusCode(200)
                .body("snapshots.lastConversionSeconds", contains(60, 45))
                .body("nextBefore", notNullValue())
                .extract()
                .path("nextBefore");
        TestKeys.viewer()
                .get("/api/offers/api-1/history?limit=2&before=" + next)
                .then()
                .statusCode(200)
                .body("snapshots.lastConversionSeconds", contains(30));
        TestKeys.viewer()
                .get("/api/offers/api-1/history?from=2026-01-01T10:30:00Z&before=2026-01-01T11:30:00Z")
                .then()
                .body("snapshots.lastConversionSeconds", contains(45));
        TestKeys.viewer().get("/api/offers/api-none/history").then().statusCode(404);
    }

    @Test
    void anUnknownSweepIsNotFound() {
        TestKeys.viewer()
                .get("/api/offers/sweeps/nonsense")
                .then()
                .statusCode(404)
                .body("code", equalTo("not-found"));
        TestKeys.viewer().get("/api/offers/sweeps/a%00b").then().statusCode(404);
    }

    @ParameterizedTest
    @CsvSource({
        "/api/offers?limit=0, limit, 1 to 200",
        "/api/offers?limit=201, limit, 1 to 200",
        "/api/offers?limit=ten, limit, 1 to 200",
        "/api/offers?offset=-1, offset, 0 to 100000",
        "/api/offers?sort=name, sort, lastConversion",
        "/api/offers?status=Gone, status, Active",
        "/api/offers?page=2, page, unknown parameter",
        "/api/offers?text=, text, 1 to 200",
        "/api/offers?text=a%00b, text, NUL",
        "/api/offers/1/history?from=yesterday, from, 2026-01-31T08:00:00Z",
        "/api/offers/1/history?from=1900-01-01T00:00:00Z, from, between",
        "/api/offers/1/history?before=1970-01-01T00:00:00Z, from, before the end",
        "/api/offers/1/history?limit=1001, limit, 1 to 1000",
    })
    void aWrongParameterIsNamed(String path, String field, String allowed) {
        TestKeys.viewer()
                .urlEncodingEnabled(false)
                .get(path)
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-parameter"))
                .body("field", equalTo(field))
                .body("detail", containsString(allowed));
    }
}
