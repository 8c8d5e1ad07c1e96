package io.penstock.local.feed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SampleFeedTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String[] FIELDS =
            ("offer_id,offer_name,status,country,country_name,carrier,vertical,flow,model,payout,currency,daily_cap,"
                            + "type_traffic,time_frame,traffic_restrictions,landing_page,thumbnails,offer_url,filled_cap,"
                            + "last_conv")
                    .split(",");

    private final HttpClient http = HttpClient.newHttpClient();
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private SampleFeed feed = start(Mischief.Plan.none(), 7);

    @AfterEach
    void stop() {
        feed.close();
    }

    @Test
    void hasAllActiveOffersOn24PagesAndMalformedRowsBesides() throws Exception {
        Set<String> ids = new HashSet<>();
        int malformed = 0;
        for (int page = 1; page <= 24; page++) {
            JsonNode answer = get("status=Active&order_by=Performance&limit=100&pages=" + page);
            int valid = 0;
            for (JsonNode row : answer.path("offers")) {
                if (isOffer(row)) {
                    ids.add(row.path("offer_id").asText());
                    valid++;
                } else {
                    malformed++;
                }
            }
            assertThat(valid).as("page %d", page).isEqualTo(page < 24 ? 100 : 45);
            assertThat(answer.path("success").asBoolean()).isTrue();
            assertThat(answer.path("meta"))
                    .isEqualTo(JSON.readTree(
                            "{\"total\":2345,\"total_pages\":24,\"page\":%d,\"limit\":\"100\"}".formatted(page)));
        }
        assertThat(ids).hasSize(SampleOffers.ACTIVE);
        assertThat(malformed).isEqualTo(MalformedRows.TOTAL);
    }

    @Test
    void writesEveryFieldAsStringOrNull() throws Exception {
        for (JsonNode row : get("status=Active&pages=2").path("offers")) {
            assertThat(row.fieldNames()).toIterable().containsExactlyInAnyOrder(FIELDS);
            assertThat(row).allMatch(field -> field.isTextual() || field.isNull());
        }
    }

    @Test
    void answersTheSameForTheSameSeed() throws Exception {
        JsonNode first = get("status=Active&pages=3");
        feed.close();
        feed = start(Mischief.Plan.none(), 7);
        assertThat(get("status=Active&pages=3")).isEqualTo(first);
        feed.close();
        feed = start(Mischief.Plan.none(), 8);
        assertThat(get("status=Active&pages=3")).isNotEqualTo(first);
    }

    @Test
    void showsEveryFormOfLastConversion() throws Exception {
        Set<String> forms = new HashSet<>();
        for (int page = 1; page <= 24; page++) {
            get("status=Active&pages=" + page)
                    .path("offers")
                    .forEach(row -> forms.add(String.valueOf(row.path("last_conv"))));
        }
        assertThat(forms)
                .contains(
                        "null",
                        "\"\"",
                        "\"51min\"",
                        "\"6h18min\"",
                        "\"0min\"",
                        "\"5m\"",
                        "\"2h\"",
                        "\"1d\"",
                        "\"< 1m\"",
                        "\"just now\"",
                        "\"now\"",
                        "\"1m30s\"",
                        "\"30s\"",
                        "\"5\"");
    }

    @Test
    void looksUpOffersById() throws Exception {
        JsonNode listed = get("status=Active&pages=2").path("offers");
        String one = listed.get(0).path("offer_id").asText();
        String other = listed.get(50).path("offer_id").asText();
        JsonNode found = get("offers=" + one + "," + other + "&limit=100&pages=1");
        assertThat(found.path("offers")).containsExactly(listed.get(0), listed.get(50));
        assertThat(found.path("meta").path("total").asInt()).isEqualTo(2);
    }

    @Test
    void filtersByStatus() throws Exception {
        assertThat(get("status=Paused&pages=1").path("offers"))
                .isNotEmpty()
                .filteredOn(SampleFeedTest::isOffer)
                .allMatch(offer -> offer.path("status").asText().equals("Paused"));
    }

    @Test
    void hasNothingBehindTheLastPage() throws Exception {
        assertThat(get("status=Active&pages=25").path("offers")).isEmpty();
    }

    @Test
    void changesSomeOffersFromRoundToRoundButNeverTheirNumber() throws Exception {
        Map<String, String> before = lastConversions();
        now = now.plus(SampleFeed.ROUND);
        Map<String, String> after = lastConversions();
        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after.entrySet()).isNotEqualTo(before.entrySet());
        now = now.plus(SampleFeed.ROUND.multipliedBy(5));
        assertThat(lastConversions().keySet()).hasSize(SampleOffers.ACTIVE).isNotEqualTo(before.keySet());
    }

    @Test
    void refusesAWrongToken() throws Exception {
        HttpResponse<String> answer = send(URI.create(feed.url() + "?mwsd=wrong&pages=1"));
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(JSON.readTree(answer.body()).path("success").asBoolean(true)).isFalse();
    }

    @Test
    void refusesAPageThatIsNoNumber() throws Exception {
        assertThat(query("pages=abc").statusCode()).isEqualTo(400);
    }

    @Test
    void failsAFewPagesAtFirstAndServesThemWhenAskedAgain() throws Exception {
        feed.close();
        feed = start(Mischief.Plan.sample(), 7);
        HttpResponse<String> broken = query("status=Active&pages=4");
        assertThat(broken.statusCode()).isEqualTo(500);
        HttpResponse<String> busy = query("status=Active&pages=7");
        assertThat(busy.statusCode()).isEqualTo(429);
        assertThat(busy.headers().firstValue("Retry-After")).hasValue("1");
        assertThat(query("status=Active&pages=4").statusCode()).isEqualTo(200);
        assertThat(query("status=Active&pages=7").statusCode()).isEqualTo(200);
    }

    @Test
    void doesEveryKindOfMischiefInOneSweep() {
        Mischief.Plan plan = Mischief.Plan.sample();
        Set<Mischief> seen = new HashSet<>();
        for (int page = 1; page <= 24; page++) {
            seen.add(plan.on(page, 1));
            assertThat(plan.on(page, 2)).isEqualTo(Mischief.NONE);
        }
        assertThat(seen)
                .containsExactlyInAnyOrder(
                        Mischief.NONE, Mischief.SERVER_ERROR, Mischief.TOO_MANY_REQUESTS, Mischief.SLOW);
    }

    private Map<String, String> lastConversions() throws Exception {
        Map<String, String> conversions = new HashMap<>();
        for (int page = 1; page <= 24; page++) {
            for (JsonNode row : get("status=Active&pages=" + page).path("offers")) {
                if (isOffer(row)) {
                    conversions.put(
                            row.path("offer_id").asText(), row.path("last_conv").asText());
                }
            }
        }
        return conversions;
    }

    private static boolean isOffer(JsonNode row) {
        return row.size() == FIELDS.length;
    }

    private JsonNode get(String query) throws Exception {
        HttpResponse<String> answer = query(query);
        assertThat(answer.statusCode()).isEqualTo(200);
        return JSON.readTree(answer.body());
    }

    private HttpResponse<String> query(String query) throws Exception {
        return send(URI.create(feed.url() + "?mwsd=secret&" + query));
    }

    private HttpResponse<String> send(URI uri) throws Exception {
        return http.send(
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    private SampleFeed start(Mischief.Plan mischief, long seed) {
        try {
            InstantSource clock = () -> now;
            return new SampleFeed(0, "secret", new SampleOffers(seed), mischief, clock);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
