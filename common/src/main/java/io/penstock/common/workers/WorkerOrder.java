package io.penstock.common.workers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What an operator tells a worker to do. It stays in force until the next one, or until the process ends. */
public enum WorkerOrder {
    /** Claim nothing more; what runs goes on. */
    QUIET,
    /** Claim again. */
    RESUME,
    /** End the process as SIGTERM does: claim nothing more, let jobs end within the grace period, hand the rest back. */
    STOP;

    /** As it is written in Redis and in answers. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Empty for a word of a newer version. */
    public static Optional<WorkerOrder> of(String text) {
        return Arrays.stream(values())
                .filter(order -> order.text().equals(text))
                .findFirst();
    }
}
