package io.penstock.local;

import io.penstock.local.LocalApi.SweepProgress;
import java.time.Duration;
import java.util.Locale;
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
                Jobs      %d completed, %d retried, %d dead
                Time      %.1f s
                """,
                progress.pagesDone(),
                progress.pagesExpected(),
                everyPageArrived() ? "" : " - NOT COMPLETE",
                progress.offersStored(),
                skipped(),
                completedJobs,
                retriedJobs,
                deadJobs,
                time.toMillis() / MILLIS);
    }

    private String skipped() {
        long rows =
                progress.skipped().values().stream().mapToLong(Long::longValue).sum();
        String reasons = new TreeMap<>(progress.skipped())
                .entrySet().stream()
                        .map(reason -> reason.getKey() + ": " + reason.getValue())
                        .collect(Collectors.joining(", "));
        return rows == 0 ? "none" : "%d malformed rows (%s)".formatted(rows, reasons);
    }
}
