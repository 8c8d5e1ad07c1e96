package io.penstock.local;

import io.penstock.local.LocalApi.SweepProgress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came of a sweep.
 *
 * @param completedJobs jobs of the sweep's queue that ended well meanwhile
 * @param retriedJobs attempts of that queue that failed and were tried again
 * @param deadJobs chunks of the sweep that were given up
 */
record SweepResult(SweepProgress progress, long completedJobs, long retriedJobs, long deadJobs, Duration time) {

    private static final double MILLIS = 1_000;

    boolean everyPageArrived() {
        return progress.everyPageArrived();
    }

    String summary() {
        return String.format(
                Locale.ROOT,
                """
                Pages     %d of %d%s
                Offers    %,d stored
                Skipped   %s
                Unread    %s
                Jobs      %d completed, %d retried, %d dead
                Time      %.1f s
                """,
                progress.pagesDone(),
                progress.pagesExpected(),
                everyPageArrived() ? "" : " - NOT COMPLETE",
                progress.offersStored(),
                told(progress.skipped(), "%d malformed rows (%s)"),
                told(progress.unreadable(), "%d fields left empty (%s)"),
                completedJobs,
                retriedJobs,
                deadJobs,
                time.toMillis() / MILLIS);
    }

    private static String told(Map<String, Long> counts, String format) {
        long sum = counts.values().stream().mapToLong(Long::longValue).sum();
        String kinds = new TreeMap<>(counts)
                .entrySet().stream()
                        .map(kind -> kind.getKey() + ": " + kind.getValue())
                        .collect(Collectors.joining(", "));
        return sum == 0 ? "none" : format.formatted(sum, kinds);
    }
}
