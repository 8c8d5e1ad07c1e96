package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Endpoints with every role, written down by hand; {@link AccessMatrixTest} derives the same from the description of the API. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class RolesTest {

    /** 0: let in, whatever the answer then is. */
    @ParameterizedTest
    @CsvSource({
        // method, path,                            nobody, wrong, cron, viewer, operator, admin
        "GET,    /api/jobs/unknown,                   401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/unknown/result,            401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/unknown/progress,          401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/unknown/log,               401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/unknown?decrypt=true,      401,   401,  403,  403,    403,       0",
        "GET,    /api/jobs/unknown/result?decrypt=true, 401, 401,  403,  403,    403,       0",
        "GET,    /api/jobs?limit=1,                   401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/counts,                    401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/errors,                    401,   401,  403,    0,      0,       0",
        "POST,   /api/jobs/errors/unknown/retry,      401,   401,  403,  403,      0,       0",
        "GET,    /api/jobs/unknown/waiting,           401,   401,  403,    0,      0,       0",
        "GET,    /api/jobs/unknown/family,            401,   401,  403,    0,      0,       0",
        "GET,    /api/workers,                        401,   401,  403,    0,      0,       0",
        "GET,    /api/workers/unknown,                401,   401,  403,    0,      0,       0",
        "POST,   /api/workers/unknown/quiet,          401,   401,  403,  403,      0,       0",
        "POST,   /api/workers/unknown/resume,         401,   401,  403,  403,      0,       0",
        "POST,   /api/workers/unknown/stop,           401,   401,  403,  403,      0,       0",
        "GET,    /api/overview,                       401,   401,  403,    0,      0,       0",
        "GET,    /api/overview/series,                401,   401,  403,    0,      0,       0",
        "GET,    /api/events?unknown=1,               401,   401,  403,    0,      0,       0",
        "GET,    /api/job-types,                      401,   401,  403,    0,      0,       0",
        "POST,   /api/jobs/unknown,                   401,   401,  403,  403,      0,       0",
        "POST,   /api/jobs/unknown/bulk,              401,   401,  403,  403,      0,       0",
        "GET,    /api/queues,                         401,   401,  403,    0,      0,       0",
        "GET,    /api/queues/orders,                  401,   401,  403,    0,      0,       0",
        "POST,   /api/queues/unknown/pause,           401,   401,  403,  403,      0,       0",
        "POST,   /api/queues/unknown/resume,          401,   401,  403,  403,      0,       0",
        "POST,   /api/jobs/unknown/cancel,            401,   401,  403,  403,      0,       0",
        "POST,   /api/jobs/unknown/retry,             401,   401,  403,  403,      0,       0",
        "POST,   /api/jobs/unknown/run-now,           401,   401,  403,  403,      0,       0",
        "PUT,    /api/jobs/unknown,                   401,   401,  403,  403,      0,       0",
        "DELETE, /api/jobs/unknown,                   401,   401,  403,  403,      0,       0",
        "POST,   /api/queues/unknown/drain,           401,   401,  403,  403,      0,       0",
        "POST,   /api/queues/unknown/purge,           401,   401,  403,  403,    403,       0",
        "GET,    /api/queues/unknown/limits,          401,   401,  403,    0,      0,       0",
        "PUT,    /api/queues/unknown/limits,          401,   401,  403,  403,    403,       0",
        "GET,    /api/queues/unknown/paused-groups,   401,   401,  403,    0,      0,       0",
        "GET,    /api/queue-limits,                   401,   401,  403,    0,      0,       0",
        "POST,   /api/queues/unknown/groups/g/pause,  401,   401,  403,  403,      0,       0",
        "DELETE, /api/queues/unknown/groups/g/pause,  401,   401,  403,  403,      0,       0",
        "POST,   /api/bulk-operations,                401,   401,  403,  403,      0,       0",
        "GET,    /api/bulk-operations,                401,   401,  403,    0,      0,       0",
        "GET,    /api/bulk-operations/unknown,        401,   401,  403,    0,      0,       0",
        "POST,   /api/bulk-operations/unknown/abort,  401,   401,  403,  403,      0,       0",
        "GET,    /api/cache,                          401,   401,  403,    0,      0,       0",
        "POST,   /api/cache/invalidate,               401,   401,  403,  403,      0,       0",
        "POST,   /api/cache/warm-up,                  401,   401,  403,  403,      0,       0",
        "GET,    /api/flow,                           401,   401,  403,    0,      0,       0",
        "POST,   /api/flow/unknown/open,              401,   401,  403,  403,      0,       0",
        "POST,   /api/flow/unknown/close,             401,   401,  403,  403,      0,       0",
        "POST,   /api/flow/unknown/reset,             401,   401,  403,  403,      0,       0",
        "GET,    /api/reports,                        401,   401,  403,    0,      0,       0",
        "GET,    /api/reports/unknown,                401,   401,  403,    0,      0,       0",
        "POST,   /api/reports,                        401,   401,  403,  403,      0,       0",
        "GET,    /api/reports/system,                 401,   401,  403,    0,      0,       0",
        "GET,    /api/pools,                          401,   401,  403,    0,      0,       0",
        "GET,    /api/templates?tenant=t,             401,   401,  403,    0,      0,       0",
        "POST,   /api/templates,                      401,   401,  403,  403,      0,       0",
        "GET,    /api/templates/unknown,              401,   401,  403,    0,      0,       0",
        "PATCH,  /api/templates/unknown,              401,   401,  403,  403,      0,       0",
        "DELETE, /api/templates/unknown,              401,   401,  403,  403,      0,       0",
        "POST,   /api/templates/unknown/archive,      401,   401,  403,  403,      0,       0",
        "PUT,    /api/templates/unknown/favourite,    401,   401,  403,    0,      0,       0",
        "DELETE, /api/templates/unknown/favourite,    401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/unknown/uses,         401,   401,  403,    0,      0,       0",
        "POST,   /api/templates/unknown/uses,         401,   401,  403,  403,      0,       0",
        "GET,    /api/templates/unknown/versions,     401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/categories,           401,   401,  403,    0,      0,       0",
        "POST,   /api/templates/categories,           401,   401,  403,  403,      0,       0",
        "POST,   /api/templates/bulk/create,          401,   401,  403,  403,      0,       0",
        "POST,   /api/templates/bulk/update,          401,   401,  403,  403,      0,       0",
        "POST,   /api/templates/bulk/impact,          401,   401,  403,    0,      0,       0",
        "POST,   /api/templates/bulk/predict,         401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/bulk/operations,      401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/bulk/operations/unknown, 401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/bulk/operations/unknown/items, 401,   401,  403,    0,      0,       0",
        "POST,   /api/templates/bulk/operations/unknown/cancel, 401,   401,  403,  403,      0,       0",
        "GET,    /api/templates/bulk/backups,         401,   401,  403,    0,      0,       0",
        "GET,    /api/templates/bulk/backups/unknown, 401,   401,  403,    0,      0,       0",
        "POST,   /api/templates/bulk/restore,         401,   401,  403,  403,      0,       0",
        "GET,    /api/templates/bulk/tree,            401,   401,  403,    0,      0,       0",
        "POST,   /api/batches,                        401,   401,  403,  403,      0,       0",
        "GET,    /api/batches,                        401,   401,  403,    0,      0,       0",
        "GET,    /api/batches/types,                  401,   401,  403,    0,      0,       0",
        "GET,    /api/batches/unknown,                401,   401,  403,    0,      0,       0",
        "GET,    /api/batches/unknown/items,          401,   401,  403,    0,      0,       0",
        "GET,    /api/batches/unknown/chunks,         401,   401,  403,    0,      0,       0",
        "POST,   /api/batches/unknown/items,          401,   401,  403,  403,      0,       0",
        "GET,    /api/batches/unknown/events,         401,   401,  403,    0,      0,       0",
        "POST,   /api/batches/unknown/seal,           401,   401,  403,  403,      0,       0",
        "POST,   /api/batches/unknown/cancel,         401,   401,  403,  403,      0,       0",
        "POST,   /api/batches/unknown/pause,          401,   401,  403,  403,      0,       0",
        "POST,   /api/batches/unknown/resume,         401,   401,  403,  403,      0,       0",
        "POST,   /api/batches/unknown/retry-failed,   401,   401,  403,  403,      0,       0",
        "GET,    /api/cron,                           401,   401,    0,  403,      0,       0",
        "POST,   /api/cron,                           401,   401,    0,  403,      0,       0",
        "GET,    /api/offers?unknown=1,               401,   401,  403,    0,      0,       0",
        "GET,    /api/offers/1/history?unknown=1,     401,   401,  403,    0,      0,       0",
        "GET,    /api/orders,                         401,   401,  403,    0,      0,       0",
        "GET,    /api/orders/counts,                  401,   401,  403,    0,      0,       0",
        "GET,    /api/orders/0,                       401,   401,  403,    0,      0,       0",
        "POST,   /api/orders,                         401,   401,  403,  403,      0,       0",
        "POST,   /api/orders/0/pay,                   401,   401,  403,  403,      0,       0",
        "POST,   /api/orders/0/cancel,                401,   401,  403,  403,      0,       0",
        "GET,    /api/concerts,                       401,   401,  403,    0,      0,       0",
        "GET,    /api/concerts/0/availability,        401,   401,  403,    0,      0,       0",
        "POST,   /api/concerts,                       401,   401,  403,  403,      0,       0",
        "POST,   /api/files,                          401,   401,  403,  403,      0,       0",
        "GET,    /api/files/0,                        401,   401,  403,    0,      0,       0",
        "GET,    /api/files/0/content,                401,   401,  403,    0,      0,       0",
        "PUT,    /api/files/0/use,                    401,   401,  403,  403,      0,       0",
        "GET,    /api/products,                       401,   401,  403,    0,      0,       0",
        "POST,   /api/products,                       401,   401,  403,  403,      0,       0",
        "GET,    /api/products/0,                     401,   401,  403,    0,      0,       0",
        "PUT,    /api/products/0,                     401,   401,  403,  403,      0,       0",
        "DELETE, /api/products/0,                     401,   401,  403,  403,      0,       0",
        "GET,    /api/products/0/history,             401,   401,  403,    0,      0,       0",
        "GET,    /api/products/0/anomalies,           401,   401,  403,    0,      0,       0",
        "GET,    /api/products/groups,                401,   401,  403,    0,      0,       0",
        "POST,   /api/products/groups,                401,   401,  403,  403,      0,       0",
        "GET,    /api/products/groups/0,              401,   401,  403,    0,      0,       0",
        "PUT,    /api/products/groups/0,              401,   401,  403,  403,      0,       0",
        "DELETE, /api/products/groups/0,              401,   401,  403,  403,      0,       0",
        "GET,    /api/products/groups/0/history,      401,   401,  403,    0,      0,       0",
        "GET,    /api/analyses,                       401,   401,  403,    0,      0,       0",
        "POST,   /api/analyses,                       401,   401,  403,  403,      0,       0",
        "GET,    /api/analyses/0,                     401,   401,  403,    0,      0,       0",
        "GET,    /api/analyses/spending,              401,   401,  403,    0,      0,       0",
        "GET,    /api/products/users,                 401,   401,  403,    0,      0,       0",
        "POST,   /api/products/users,                 401,   401,  403,  403,      0,       0",
        "GET,    /api/products/users/0,               401,   401,  403,    0,      0,       0",
        "PUT,    /api/products/users/0,               401,   401,  403,  403,      0,       0",
        "GET,    /api/users/0/notifications,          401,   401,  403,    0,      0,       0",
        "GET,    /api/products/unsubscribe/unknown,     0,     0,    0,    0,      0,       0",
        "POST,   /api/products/unsubscribe/unknown,     0,     0,    0,    0,      0,       0",
        "GET,    /api/history,                        401,   401,  403,    0,      0,       0",
        "GET,    /api/history/unknown,                401,   401,  403,    0,      0,       0",
        "GET,    /api/history/errors,                 401,   401,  403,    0,      0,       0",
        "GET,    /api/keys,                           401,   401,  403,  403,    403,       0",
        "POST,   /api/keys,                           401,   401,  403,  403,    403,       0",
        "DELETE, /api/keys/unknown,                   401,   401,  403,  403,    403,       0",
        "GET,    /api/session,                        401,   401,    0,    0,      0,       0",
        "POST,   /api/session/links,                  401,   401,  403,  403,    403,       0",
        "GET,    /api/users,                          401,   401,  403,  403,    403,       0",
        "POST,   /api/users,                          401,   401,  403,  403,    403,       0",
        "GET,    /api/users/unknown,                  401,   401,  403,  403,    403,       0",
        "PUT,    /api/users/unknown,                  401,   401,  403,  403,    403,       0",
        "DELETE, /api/users/unknown,                  401,   401,  403,  403,    403,       0",
        "DELETE, /api/users/unknown/sessions,         401,   401,  403,  403,    403,       0",
        "GET,    /api/audit,                          401,   401,  403,  403,    403,       0",
        "POST,   /api/jobs/unknown/reveal,            401,   401,  403,  403,    403,       0",
        "GET,    /api/outbox,                         401,   401,  403,    0,      0,       0",
        "GET,    /api/outbox/dead-letters,                 401,   401,  403,    0,      0,       0",
        "POST,   /api/outbox/dead-letters/0/retry,         401,   401,  403,  403,      0,       0",
        "DELETE, /api/outbox/dead-letters/0,               401,   401,  403,  403,      0,       0",
        "GET,    /api/broken/forgotten,               401,   401,  403,  403,    403,     403",
        "GET,    /q/metrics,                          401,   401,  403,    0,      0,       0",
        "GET,    /q/openapi,                          401,   401,  403,    0,      0,       0",
        "GET,    /q/unknown,                          401,   401,  403,    0,      0,       0",
        "GET,    /elsewhere,                          401,   401,  403,    0,      0,       0",
        "GET,    /q/health/live,                        0,     0,    0,    0,      0,       0",
    })
    void eachRoleGetsAsFarAsItMay(
            String method, String path, int nobody, int wrong, int cron, int viewer, int operator, int admin) {
        expect(nobody, method, path, null);
        expect(wrong, method, path, "a-wrong-key-that-nobody-has");
        expect(cron, method, path, TestKeys.keyOf("cron"));
        expect(viewer, method, path, TestKeys.keyOf("viewer"));
        expect(operator, method, path, TestKeys.keyOf("operator"));
        expect(admin, method, path, TestKeys.keyOf("admin"));
    }

    private static void expect(int status, String method, String path, String key) {
        var request = RestAssured.given().urlEncodingEnabled(false);
        if (key != null) {
            request.header("Authorization", "Bearer " + key);
        }
        if (method.equals("POST") || method.equals("PUT")) {
            request.contentType(ContentType.JSON).body("{}");
        }
        Response response = request.request(method, path);
        if (status == 0) {
            assertThat(response.statusCode()).isNotIn(401, 403, 500);
            return;
        }
        assertThat(response.statusCode()).as("%s %s", method, path).isEqualTo(status);
        assertThat(response.contentType()).isEqualTo("application/problem+json");
        assertThat(response.<String>path("code")).isEqualTo(status == 401 ? "unauthorized" : "forbidden");
        if (status == 401) {
            assertThat(response.header("WWW-Authenticate")).startsWith("Bearer");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Basic YTpi",
                "Bearer",
                "Bearer ",
                "bearer",
                "psk_without_scheme",
                "Bearer a b c",
            })
    void aHeaderOfAnotherFormIsRefused(String header) {
        RestAssured.given()
                .header("Authorization", header)
                .get("/api/queues")
                .then()
                .statusCode(401)
                .body("code", equalTo("unauthorized"));
    }

    @Test
    void aVeryLongKeyIsRefused() {
        TestKeys.with("k".repeat(5_000)).get("/api/queues").then().statusCode(401);
    }

    @Test
    void theSchemeMayBeWrittenInLowerCase() {
        RestAssured.given()
                .header("Authorization", "bearer " + TestKeys.ADMIN)
                .get("/api/queues")
                .then()
                .statusCode(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/q//metrics",
                "//q/metrics",
                "/q/./metrics",
                "/q/health/../metrics",
                "/q/health/%2e%2e/metrics",
                "/%71/metrics",
                "/q/metrics/",
                "/q/metrics;x=1",
                "/q/metrics%2f",
                "/q;x/metrics",
                "/api/../q/metrics",
                "/api/..%2fq/metrics",
                "/q/%6detrics",
                "/Q/metrics"
            })
    void noSpellingOfAPathOpensIt(String path) {
        Response response = RestAssured.given().urlEncodingEnabled(false).get(path);

        assertThat(response.statusCode()).as(path).isIn(400, 401, 404);
        assertThat(response.asString()).doesNotContain("# HELP");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//api/keys",
                "/api//keys",
                "/api/./keys",
                "/api/x/../keys",
                "/api/keys/",
                "/api/keys;x=1",
                "/api;x/keys"
            })
    void noSpellingOfAResourceOpensIt(String path) {
        Response response = RestAssured.given().urlEncodingEnabled(false).get(path);

        assertThat(response.statusCode()).as(path).isIn(400, 401, 404);
    }
}
