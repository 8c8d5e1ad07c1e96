package io.penstock.api.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.api.TestKeys;
import io.penstock.common.testing.ServersResource;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever a caller sends, it is no fault of the server: made-up requests to every call of the OpenAPI document are answered,
 * those that are refused with a reason. {@code -Dpenstock.fuzz.requests=10000} makes it long,
 * {@code -Dpenstock.fuzz.seed=N} another one.
 */
@Tag("quarkus")
@QuarkusTest
@WithTestResource(ServersResource.class)
class FuzzTest {

    private static final int REQUESTS = Integer.getInteger("penstock.fuzz.requests", 1_500);
    private static final long SEED = Long.getLong("penstock.fuzz.seed", 20_261_127L);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final int MOST_SHOWN = 2_000;

    /** They fail by design, never end, or would stop what other tests use. */
    private static final Set<String> WITHOUT =
            Set.of("GET /api/broken", "POST /api/broken", "GET /api/events", "DELETE /api/keys", "DELETE /api/users");

    @TestHTTPResource("/")
    URI root;

    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    @Test
    void noRequestIsAFaultOfTheServer() throws Exception {
        String document = TestKeys.viewer()
                .accept("application/json")
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        OpenApiRequests requests = new OpenApiRequests(OpenApiRequests.parsed(document), SEED, WITHOUT);
        System.out.println("fuzzing " + requests.operations() + " calls with " + REQUESTS + " requests, seed " + SEED);
        List<String> faults = new ArrayList<>();
        TreeMap<Integer, Integer> statuses = new TreeMap<>();
        for (int number = 0; number < REQUESTS; number++) {
            OpenApiRequests.Request request = requests.next(number);
            String answer = answerTo(request);
            int status = Integer.parseInt(answer.substring(0, 3));
            statuses.merge(status, 1, Integer::sum);
            if (status >= 500
                    || (status >= 400 && !answer.contains("application/problem+json") && !hasReason(answer))) {
                faults.add(request + "\n  -> " + answer);
            }
        }
        System.out.println("answers: " + statuses);

        assertThat(faults).as("seed " + SEED).isEmpty();
    }

    /**
     * The older calls of tasks tell it in a form of their own, pages for people in words; what the HTTP server itself refuses has no
     * body.
     */
    private static boolean hasReason(String answer) {
        return answer.contains("{\"status\":\"failed\",\"message\":")
                || (answer.contains(" text/html") && answer.contains("<p role=\"alert\">"))
                || answer.startsWith("400 0 ")
                || answer.startsWith("414 0 ");
    }

    private String answerTo(OpenApiRequests.Request request) throws Exception {
        HttpRequest.Builder built = HttpRequest.newBuilder(
                        URI.create("http://" + root.getHost() + ":" + root.getPort() + request.target()))
                .timeout(LIMIT);
        request.headers().forEach(built::header);
        built.method(
                request.method(),
                request.body() == null
                        ? HttpRequest.BodyPublishers.noBody()
                        : HttpRequest.BodyPublishers.ofString(request.body()));
        HttpResponse<InputStream> answer;
        try {
            answer = http.send(built.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (IOException closed) {
            // What cannot be read as HTTP ends its connection, which the client may already have taken for the next
            // request.
            try {
                answer = http.send(built.build(), HttpResponse.BodyHandlers.ofInputStream());
            } catch (IOException e) {
                return "599 - no answer: " + e;
            }
        }
        try (InputStream body = answer.body()) {
            byte[] text = body.readNBytes(MOST_SHOWN);
            return answer.statusCode() + " " + text.length + " "
                    + answer.headers().firstValue("Content-Type").orElse("-") + " "
                    + new String(text, StandardCharsets.UTF_8);
        }
    }
}
