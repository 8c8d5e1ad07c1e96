package io.penstock.local;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The part of Penstock's API that the launcher uses, as any other client would. */
final class LocalApi {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int SUCCESSES_END = 300;
    private static final int SERVER_ERRORS = 500;

    private final URI base;
    private final Secrets secrets;
    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();

    LocalApi(URI base, Secrets secrets, HttpClient http) {
        this.base = base;
        this.secrets = secrets;
        this.http = http;
    }

    /** Answer to a trigger. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record SweepStarted(@Nullable String batchId, @Nullable List<String> jobIds) {}

    /** How far a sweep is. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record SweepProgress(
            String state,
            int pagesExpected,
            int pagesDone,
            long offersStored,
            @Nullable Map<String, Long> skippedByReason,
            @Nullable Map<String, Long> unreadableByField,
            int chunks,
            int chunksDone,
            int chunksDead) {

        boolean isOver() {
            return !state.equals("RUNNING");
        }

        boolean everyPageArrived() {
            return state.equals("COMPLETED") && pagesDone == pagesExpected && chunksDead == 0;
        }

        Map<String, Long> skipped() {
            return skippedByReason == null ? Map.of() : skippedByReason;
        }

        Map<String, Long> unreadable() {
            return unreadableByField == null ? Map.of() : unreadableByField;
        }
    }

    /** Counts of one queue. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    record QueueCounts(String queue, long waiting, long active, long completed, long failed, long dead) {}

    SweepStarted startSweep(int pages) {
        URI trigger = base.resolve("/api/cron?maxPages=%d&concurrency=10&status=Active".formatted(pages));
        HttpRequest request = authorised(trigger, secrets.cronSecret())
                .POST(BodyPublishers.noBody())
                .build();
        return read(request, SweepStarted.class);
    }

    SweepProgress sweep(String batchId) {
        return read(asAdmin("/api/offers/sweeps/" + batchId), SweepProgress.class);
    }

    QueueCounts queue(String name) {
        return read(asAdmin("/api/queues/" + name), QueueCounts.class);
    }

    /** Puts the offers that the last sweep found converting on the list of those that are watched. */
    void mergeConversions() {
        HttpRequest request = authorised(base.resolve("/api/jobs/offers.conversion_merge"), secrets.adminKey())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{}"))
                .build();
        read(request, JsonNode.class);
    }

    /** Where the console logs the holder of the admin key in, once, within a day. */
    URI logInLink() {
        HttpRequest request = authorised(base.resolve("/api/session/links"), secrets.adminKey())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"minutes\":1440}"))
                .build();
        return base.resolve(read(request, JsonNode.class).path("path").asText());
    }

    /** How many offers are stored, from this sweep or before. */
    long storedOffers() {
        return read(asAdmin("/api/offers?limit=1"), JsonNode.class)
                .path("total")
                .asLong();
    }

    /**
     * What the API answered.
     *
     * @param body empty where it is no JSON
     */
    record Answer(int status, JsonNode body) {}

    JsonNode get(String path) {
        return read(asAdmin(path), JsonNode.class);
    }

    /** Refusals are answers here; only a server that fails is a failure. */
    Answer post(String path, String body) {
        return send(authorised(base.resolve(path), secrets.adminKey())
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build());
    }

    /** As {@link #post}, without a body. */
    Answer put(String path) {
        return send(authorised(base.resolve(path), secrets.adminKey())
                .PUT(BodyPublishers.noBody())
                .build());
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() >= SERVER_ERRORS) {
                throw new ApiUnavailableException(failure(request, answer.statusCode() + " " + answer.body()));
            }
            return new Answer(answer.statusCode(), json.readTree(answer.body()));
        } catch (IOException e) {
            throw new ApiUnavailableException(failure(request, e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted", e);
        }
    }

    private HttpRequest asAdmin(String path) {
        return authorised(base.resolve(path), secrets.adminKey()).GET().build();
    }

    private static HttpRequest.Builder authorised(URI uri, String key) {
        return HttpRequest.newBuilder(uri).timeout(TIMEOUT).header("Authorization", "Bearer " + key);
    }

    private <T> T read(HttpRequest request, Class<T> type) {
        try {
            HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
            if (answer.statusCode() >= SERVER_ERRORS) {
                throw new ApiUnavailableException(failure(request, answer.statusCode() + " " + answer.body()));
            }
            if (answer.statusCode() >= SUCCESSES_END) {
                throw new LaunchException(failure(request, answer.statusCode() + " " + answer.body()));
            }
            return json.readValue(answer.body(), type);
        } catch (IOException e) {
            throw new ApiUnavailableException(failure(request, e.toString()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted", e);
        }
    }

    private static String failure(HttpRequest request, String what) {
        return "%s %s: %s".formatted(request.method(), request.uri(), what);
    }

    /** The API did not answer, or not with what it should: worth asking again. */
    static final class ApiUnavailableException extends LaunchException {

        private static final long serialVersionUID = 1;

        ApiUnavailableException(String message) {
            super(message);
        }
    }
}
