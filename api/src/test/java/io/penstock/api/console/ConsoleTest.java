package io.penstock.api.console;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import io.restassured.config.DecoderConfig;
import jakarta.inject.Inject;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the console is served. What it does in a browser: {@link ConsoleInBrowserTest}. */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class ConsoleTest {

    @Inject
    ConsoleAssets assets;

    @ParameterizedTest
    @ValueSource(
            strings = {"/console", "/console/queues", "/console/jobs/any~0~id", "/console/login", "/console/nothing"})
    void thePageIsOpenAndHoldsNoData(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .contentType("text/html")
                .header("Content-Security-Policy", equalTo(ConsoleRoutes.PAGE_POLICY))
                .header("Content-Security-Policy", not(containsString("unsafe-")))
                .header("Cache-Control", "no-store")
                .header("X-Content-Type-Options", "nosniff")
                .header("X-Frame-Options", "DENY")
                .body(containsString("/console/assets/" + assets.version() + "/app.js"))
                .body(containsString("&quot;id&quot;:&quot;offers&quot;"));
    }

    @Test
    void assetsAreKeptForEverAndCompressed() {
        String path = "/console/assets/" + assets.version() + "/app.js";
        int compressed = given().config(RestAssured.config()
                        .decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
                .header("Accept-Encoding", "gzip")
                .get(path)
                .then()
                .statusCode(200)
                .contentType("text/javascript")
                .header("Content-Encoding", "gzip")
                .header("Cache-Control", "public, max-age=31536000, immutable")
                .extract()
                .asByteArray()
                .length;
        byte[] plain = given().config(RestAssured.config()
                        .decoderConfig(DecoderConfig.decoderConfig().noContentDecoders()))
                .get(path)
                .then()
                .statusCode(200)
                .extract()
                .asByteArray();
        assertThat(compressed).isLessThan(plain.length / 2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/0123456789ab/app.js",
                "/console/assets/{version}/nothing.js",
                "/console/assets/{version}/assets.txt",
                "/console/assets/{version}/",
                "/console/assets/{version}/../../../application.properties",
                "/console/assets/{version}/%2e%2e/%2e%2e/application.properties",
                "/console/assets/{version}/..%2fapplication.properties"
            })
    void nothingElseOnTheClassPathIsServed(String path) {
        String body = given().urlEncodingEnabled(false)
                .get(path.replace("{version}", assets.version()))
                .then()
                .extract()
                .asString();

        assertThat(body).doesNotContain("quarkus.").doesNotContain("theme.js\napp.js");
    }

    @Test
    void whoOpensTheServiceIsLedToTheConsole() {
        given().redirects()
                .follow(false)
                .get("/")
                .then()
                .statusCode(303)
                .header("Location", containsString("/console"));
    }

    @Test
    void aBrowserThatAsksForTheQueuesIsLedToTheirScreen() {
        given().redirects()
                .follow(false)
                .header("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
                .get("/api/queues")
                .then()
                .statusCode(303)
                .header("Location", containsString("/console/queues"));
        for (String accepted : new String[] {"*/*", "application/json", "application/json, text/html;q=0.5"}) {
            TestKeys.viewer()
                    .header("Accept", accepted)
                    .get("/api/queues")
                    .then()
                    .statusCode(200)
                    .contentType("application/json");
        }
    }
}
