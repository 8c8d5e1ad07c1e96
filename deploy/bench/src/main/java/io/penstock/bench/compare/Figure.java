package io.penstock.bench.compare;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** What is compared: a field of the line that each side's program prints. */
enum Figure {
    JOBS_PER_SECOND("jobsPerSecond", "/s"),
    REDIS_MICROS("redisMicrosPerJob", "µs"),
    BYTES("bytesPerQueuedJob", "B"),
    P50("p50Ms", "ms"),
    P99("p99Ms", "ms");

    private static final int GROUPED_FROM = 1_000;
    private static final MathContext DIGITS = new MathContext(3);

    private final String field;
    private final String unit;

    Figure(String field, String unit) {
        this.field = field;
        this.unit = unit;
    }

    String field() {
        return field;
    }

    /** For people: {@code 14,302 /s} or {@code 0.417 ms}. */
    String text(double value) {
        return (value >= GROUPED_FROM ? String.format(Locale.ROOT, "%,.0f", value) : inThreeDigits(value)) + " " + unit;
    }

    static String inThreeDigits(double value) {
        return BigDecimal.valueOf(value).round(DIGITS).stripTrailingZeros().toPlainString();
    }
}
