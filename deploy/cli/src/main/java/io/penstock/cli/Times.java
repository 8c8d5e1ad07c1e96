package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them at a glance. */
final class Times {

    private Times() {}

    /** {@code 250 ms}, {@code 12 s}, {@code 3 min}, {@code 5 h}, {@code 2 d}. */
    static String millis(JsonNode millis) {
        if (!millis.isNumber()) {
            return "";
        }
        Duration time = Duration.ofMillis(millis.asLong());
        if (time.toSeconds() < 1) {
            return time.toMillis() + " ms";
        }
        if (time.toMinutes() < 1) {
            return time.toSeconds() + " s";
        }
        if (time.toHours() < 1) {
            return time.toMinutes() + " min";
        }
        return time.toDays() < 2 ? time.toHours() + " h" : time.toDays() + " d";
    }

    /** To the second, in UTC. */
    static String instant(JsonNode time) {
        try {
            return time.isTextual()
                    ? Instant.parse(time.asText())
                            .truncatedTo(ChronoUnit.SECONDS)
                            .toString()
                    : "";
        } catch (DateTimeException e) {
            return time.asText();
        }
    }
}
