package io.penstock.common.maintenance;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One result of the health check.
 *
 * @param parts what was checked, the overall status being that of the worst
 * @param finished jobs that each queue had finished by then, so that the next check sees whether it moves
 */
public record HealthReport(Instant checkedAt, List<Part> parts, Map<String, Long> finished) {

    /** From best to worst. */
    public enum Status {
        UP,
        /** It works, but not as it should. */
        DEGRADED,
        /** A critical failure. */
        DOWN;

        public String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Status ofCode(String code) {
            return valueOf(code.toUpperCase(Locale.ROOT));
        }
    }

    /**
     * Something that was checked.
     *
     * @param name such as {@code postgresql}, {@code redis}, {@code queue/<name>}
     * @param detail in words; empty where there is nothing to say
     * @param millis how long its answer took
     */
    public record Part(String name, Status status, String detail, long millis) {}

    /** Of the worst part. */
    public Status status() {
        return parts.stream().map(Part::status).max(Status::compareTo).orElse(Status.UP);
    }
}
