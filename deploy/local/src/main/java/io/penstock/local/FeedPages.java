package io.penstock.local;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Asks a feed how many pages it has. A feed that is busy or broken for the moment is asked again. */
final class FeedPages {

    private static final int TRIES = 8;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private final HttpClient http;
    private final ObjectMapper json = new ObjectMapper();

    FeedPages(HttpClient http) {
        this.http = http;
    }

    int count(FeedAddress feed) {
        String trouble = "";
        for (int tries = 0; tries < TRIES; tries++) {
            Duration pause = PAUSE;
            try {
                HttpResponse<String> answer = http.send(
                        HttpRequest.newBuilder(feed.firstPage())
                                .timeout(TIMEOUT)
                                .build(),
                        BodyHandlers.ofString());
                int status = answer.statusCode();
                if (status != TOO_MANY_REQUESTS && status < SERVER_ERRORS) {
                    return pagesIn(answer, feed);
                }
                trouble = "HTTP " + status;
                pause = retryAfter(answer);
            } catch (IOException unreachable) {
                trouble = unreachable.toString();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LaunchException("Interrupted while asking the feed", e);
            }
            Pause.of(pause);
        }
        throw new LaunchException("The feed at %s does not answer: %s".formatted(feed, trouble));
    }

    private int pagesIn(HttpResponse<String> answer, FeedAddress feed) {
        try {
            JsonNode body = json.readTree(answer.body());
            JsonNode pages = body.path("meta").path("total_pages");
            if (body.path("success").asBoolean() && pages.canConvertToInt()) {
                return pages.asInt();
            }
        } catch (IOException notJson) {
            // Said below.
        }
        throw new LaunchException(
                "The feed at %s answers HTTP %d without the number of its pages; check its address and token"
                        .formatted(feed, answer.statusCode()));
    }

    private static Duration retryAfter(HttpResponse<?> answer) {
        Duration asked = answer.headers()
                .firstValue("Retry-After")
                .filter(value -> value.matches("\\d{1,6}"))
                .map(value -> Duration.ofSeconds(Long.parseLong(value)))
                .orElse(PAUSE);
        return asked.compareTo(LONGEST_PAUSE) < 0 ? asked : LONGEST_PAUSE;
    }
}
