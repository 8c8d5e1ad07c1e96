package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.net.HttpCookie;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** People who come through a provider of OpenID Connect; in an application of its own, which has one configured. */
@Tag("quarkus")
@Tag("slow")
@QuarkusTest
@TestProfile(ProviderLogInTest.WithProvider.class)
@WithTestResource(ServersResource.class)
@WithTestResource(TestIssuer.class)
class ProviderLogInTest {

    /** As a deployment sets it. */
    public static final class WithProvider implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of(
                    "PENSTOCK_OIDC_LOGIN_ENABLED", "true",
                    "quarkus.oidc.console.client-id", TestIssuer.CLIENT,
                    "quarkus.oidc.console.credentials.secret", "a-secret-that-is-long-enough-to-be-one");
        }
    }

    private static final String ADDRESS = "/api/session/provider";
    private static final int MOST_STEPS = 8;

    @TestHTTPResource(ADDRESS)
    URI address;

    private final Map<String, String> cookies = new LinkedHashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    /** One step of a browser. */
    private HttpResponse<String> step(URI to) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(to);
        if (to.getPort() == address.getPort() && !cookies.isEmpty()) {
            request.header(
                    "Cookie",
                    cookies.entrySet().stream()
                            .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
                            .collect(Collectors.joining("; ")));
        }
        HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        answer.headers().allValues("set-cookie").stream()
                .flatMap(text -> HttpCookie.parse(text).stream())
                .forEach(cookie -> {
                    if (cookie.getMaxAge() == 0) {
                        cookies.remove(cookie.getName());
                    } else {
                        cookies.put(cookie.getName(), cookie.getValue());
                    }
                });
        return answer;
    }

    /** To the end of all redirects, or to the console. */
    private HttpResponse<String> visit() throws Exception {
        URI at = address;
        HttpResponse<String> answer = step(at);
        for (int i = 0; i < MOST_STEPS && answer.statusCode() / 100 == 3; i++) {
            at = at.resolve(answer.headers().firstValue("location").orElseThrow());
            if (at.getPath().equals("/console")) {
                return answer;
            }
            answer = step(at);
        }
        return answer;
    }

    @Test
    void whoTheProviderVouchesForGetsASession() throws Exception {
        TestIssuer.person = "\"sub\":\"1\",\"preferred_username\":\"ada\",\"groups\":[\"operator\",\"something-else\"]";

        HttpResponse<String> last = visit();

        assertThat(last.statusCode()).isEqualTo(303);
        String name = cookies.keySet().stream()
                .filter(cookie -> cookie.contains("penstock_session"))
                .findFirst()
                .orElseThrow();
        RestAssured.given()
                .cookie(name, cookies.get(name))
                .get("/api/session")
                .then()
                .statusCode(200)
                .body("kind", equalTo("token"))
                .body("name", equalTo("ada"))
                .body("role", equalTo("operator"));
        assertThat(cookies.keySet()).noneMatch(cookie -> cookie.startsWith("q_session"));
        // It is a session as any: what changes something needs the CSRF token.
        RestAssured.given()
                .cookie(name, cookies.get(name))
                .post("/api/queues/unknown/pause")
                .then()
                .statusCode(403)
                .body("code", equalTo("csrf-token"));
    }

    @Test
    void whoHasNoRoleHereGetsNone() throws Exception {
        TestIssuer.person = "\"sub\":\"2\",\"preferred_username\":\"eve\",\"groups\":[\"root\"]";

        assertThat(visit().statusCode()).isEqualTo(403);
        assertThat(cookies.keySet()).noneMatch(cookie -> cookie.contains("penstock_session"));
    }

    @Test
    void whatTheProviderDidNotSendIsRefused() throws Exception {
        HttpResponse<String> answer = step(URI.create(address + "?code=once&state=forged"));

        assertThat(answer.statusCode()).isBetween(300, 499);
        assertThat(answer.headers().firstValue("location").orElse("")).doesNotContain("/console");
        assertThat(cookies.keySet()).noneMatch(cookie -> cookie.contains("penstock_session"));
    }

    /** The rest of the API is not led to a provider. */
    @Test
    void theApiItselfAsksForAKey() {
        RestAssured.given().get("/api/queues").then().statusCode(401).body("code", equalTo("unauthorized"));
        RestAssured.given()
                .get("/console")
                .then()
                .statusCode(200)
                .body(org.hamcrest.Matchers.containsString("data-provider=\"true\""));
    }
}
