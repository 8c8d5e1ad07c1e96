package io.penstock.local.marketplace;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sample scraper speaks the wire format, and misbehaves as planned. */
class SampleScraperTest {

    private static final String TOKEN = "t0ken";
    private static final String SYNC = "/v2/acts/user~actor/run-sync-get-dataset-items";

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-03-01T00:00:00Z"));
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper json = new ObjectMapper();
    private SampleScraper scraper;

    @AfterEach
    void close() {
        if (scraper != null) {
            scraper.close();
        }
    }

    private void start(ScraperFault.Plan faults) throws Exception {
        scraper = new SampleScraper(0, TOKEN, new SampleProducts(7), faults, now::get);
    }

    private HttpResponse<String> call(String path, String body, String token) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(scraper.url() + path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token);
        if (body != null) {
            request.POST(BodyPublishers.ofString(body));
        }
        return http.send(request.build(), BodyHandlers.ofString());
    }

    private static String urls(List<String> asins) {
        return asins.stream()
                .map(asin -> "\"https://www.amazon.com/dp/" + asin + "\"")
                .collect(Collectors.joining(",", "{\"urls\":[", "]}"));
    }

    private JsonNode read(String answer) throws JsonProcessingException {
        return json.readTree(answer);
    }

    @Test
    void answersProductsAtOnce() throws Exception {
        start(ScraperFault.Plan.none());
        List<String> asins = SampleProducts.asins();
        JsonNode items = read(call(SYNC, urls(asins), TOKEN).body());
        assertThat(items).hasSize(SampleProducts.COUNT);
        JsonNode first = items.get(0);
        assertThat(first.path("asin").asText()).isEqualTo(asins.get(0)).matches("B[0-9A-Z]{9}");
        assertThat(first.path("price").asText()).matches("\\$[0-9,]+\\.[0-9]{2}");
        assertThat(first.path("productRating").asText()).matches("[0-9.]+ out of 5 stars");
        assertThat(first.path("productDetails").get(0).path("value").asText())
                .matches("#[0-9,]+ in .+ \\(See Top 100 in .+\\) #[0-9,]+ in .+");
        assertThat(items.get(SampleProducts.GONE).path("statusCode").asInt()).isEqualTo(404);

        JsonNode german = read(call(SYNC, "{\"urls\":[\"https://www.amazon.de/dp/" + asins.get(1) + "\"]}", TOKEN)
                .body());
        assertThat(german.get(0).path("price").asText()).matches("[0-9.]+,[0-9]{2} €");
    }

    @Test
    void answersByRuns() throws Exception {
        start(ScraperFault.Plan.none());
        HttpResponse<String> started = call("/v2/acts/user~actor/runs", urls(SampleProducts.asins()), TOKEN);
        assertThat(started.statusCode()).isEqualTo(201);
        JsonNode run = read(started.body()).path("data");
        String look = "/v2/actor-runs/" + run.path("id").asText();
        assertThat(read(call(look, null, TOKEN).body())
                        .path("data")
                        .path("status")
                        .asText())
                .isEqualTo("RUNNING");
        now.updateAndGet(time -> time.plusSeconds(5));
        assertThat(read(call(look, null, TOKEN).body())
                        .path("data")
                        .path("status")
                        .asText())
                .isEqualTo("SUCCEEDED");
        String dataset = "/v2/datasets/" + run.path("defaultDatasetId").asText() + "/items?format=json";
        assertThat(read(call(dataset, null, TOKEN).body())).hasSize(SampleProducts.COUNT);
        assertThat(call("/v2/actor-runs/unknown", null, TOKEN).statusCode()).isEqualTo(404);
    }

    @Test
    void misbehavesAsPlanned() throws Exception {
        List<ScraperFault> faults = List.of(ScraperFault.values());
        start(faults::get);
        String body = urls(List.of(SampleProducts.asin(1)));
        assertThat(call(SYNC, body, TOKEN).statusCode()).isEqualTo(200);
        assertThat(call(SYNC, body, TOKEN).statusCode()).isEqualTo(500);
        assertThat(call(SYNC, body, TOKEN))
                .satisfies(answer -> assertThat(answer.statusCode()).isEqualTo(429))
                .satisfies(answer ->
                        assertThat(answer.headers().firstValue("Retry-After")).contains("2"));
        assertThat(read(call(SYNC, body, TOKEN).body())).hasSize(1);
        String cut = call(SYNC, body, TOKEN).body();
        assertThat(cut).startsWith("[{").doesNotEndWith("]");
        assertThat(call(SYNC, body, TOKEN).body()).contains("Robot Check");
        assertThat(scraper.calls()).isEqualTo(6);
        assertThat(scraper.faults()).isEqualTo(5);
        assertThat(call(SYNC, body, "wrong").statusCode()).isEqualTo(401);
    }

    @Test
    void thePlanOfTheDemoHasEveryFaultAndMostlyNone() {
        Set<ScraperFault> seen = new HashSet<>();
        int none = 0;
        for (int call = 0; call < 160; call++) {
            ScraperFault fault = ScraperFault.Plan.sample().on(call);
            seen.add(fault);
            none += fault == ScraperFault.NONE ? 1 : 0;
        }
        assertThat(seen).containsExactlyInAnyOrder(ScraperFault.values());
        assertThat(none).isGreaterThan(80);
    }

    @Test
    void productsMoveAndLackFieldsAndComeAsOthers() throws Exception {
        start(ScraperFault.Plan.none());
        String body = urls(SampleProducts.asins());
        Set<String> prices = new HashSet<>();
        Set<String> titles = new HashSet<>();
        Set<String> asins = new HashSet<>();
        boolean nulls = false;
        for (int round = 0; round < 30; round++) {
            JsonNode items = read(call(SYNC, body, TOKEN).body());
            prices.add(items.get(2).path("price").asText());
            for (JsonNode item : items) {
                titles.add(item.path("title").asText());
                asins.add(item.path("asin").asText());
                nulls |= item.path("productRating").isNull();
            }
            now.updateAndGet(time -> time.plus(SampleScraper.ROUND));
        }
        assertThat(prices).hasSizeGreaterThan(2);
        assertThat(titles).contains("Robot Check");
        assertThat(asins).contains("B0ZZZZZZZZ");
        assertThat(nulls).isTrue();
    }
}
