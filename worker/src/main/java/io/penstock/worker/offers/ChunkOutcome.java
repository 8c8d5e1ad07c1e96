package io.penstock.worker.offers;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What comes of one run of a chunk.
 *
 * <p>A chunk has failed for good only when every page it lacks was asked for as often as a job may be tried. Until then
 * pages that were put off, for want of a permit, have their turn first, at no attempt; only a run that put nothing off
 * uses one up. While the feed itself is at fault it is the other way round: pages are then put off because others
 * failed, and a chunk that never used up an attempt would try a broken feed for ever.
 *
 * @param missing the pages that had not arrived before the run
 * @param results what became of those that were read; the others had been given up before
 * @param maxAttempts how often a page is asked for
 * @param feedIsFaulty calls are put off because too many failed
 */
record ChunkOutcome(List<MissingPage> missing, List<PageResult> results, int maxAttempts, boolean feedIsFaulty) {

    /**
     * A page that had not arrived.
     *
     * @param failures how often it was tried in vain since it was last given up
     * @param lastFailure why it was given up in an earlier run; null: it was not
     */
    record MissingPage(int page, int failures, @Nullable String lastFailure) {}

    /** The result of a job that is done. */
    record Report(int pagesArrived, int offersStored) {}

    private static final int MAX_REASON = 500;

    boolean everythingArrived() {
        return of(PageResult.Kind.ARRIVED).size() == missing.size();
    }

    Outcome outcome() {
        if (everythingArrived()) {
            return Outcome.completed(report());
        }
        Optional<SnoozeException> snooze = longestPutOff();
        boolean failed = !of(PageResult.Kind.FAILED).isEmpty();
        if (snooze.isPresent() && !(failed && feedIsFaulty)) {
            return Outcome.snooze(snooze.get().delay(), reasonOf(snooze.get()));
        }
        if (everyMissingPageGivenUp()) {
            return Outcome.fail(reason());
        }
        return new Outcome.RetryLater(wantedDelay(), reason());
    }

    /** How often a page has failed after this failure; one that no retry can help is given up at once. */
    private static int failuresAfter(int failuresBefore, Throwable failure, int maxAttempts) {
        return failure instanceof UnrecoverableJobException ? maxAttempts : failuresBefore + 1;
    }

    /** A failure in one line that is kept with the page. */
    private static String reasonOf(Throwable failure) {
        String message = failure.getMessage();
        boolean ours = failure.getClass().getName().startsWith("io.penstock.");
        String text = message == null ? failure.getClass().getSimpleName() : message;
        String reason = ours || message == null ? text : failure.getClass().getSimpleName() + ": " + text;
        return reason.length() <= MAX_REASON ? reason : reason.substring(0, MAX_REASON) + "…";
    }

    private Report report() {
        int offers = results.stream().mapToInt(PageResult::offersStored).sum();
        return new Report(results.size(), offers);
    }

    private Optional<SnoozeException> longestPutOff() {
        return results.stream()
                .map(PageResult::failure)
                .filter(SnoozeException.class::isInstance)
                .map(SnoozeException.class::cast)
                .max(Comparator.comparing(SnoozeException::delay));
    }

    private boolean everyMissingPageGivenUp() {
        Map<Integer, PageResult> byPage =
                results.stream().collect(Collectors.toMap(PageResult::page, Function.identity()));
        return missing.stream().allMatch(page -> isArrivedOrGivenUp(page, byPage.get(page.page())));
    }

    private boolean isArrivedOrGivenUp(MissingPage page, @Nullable PageResult result) {
        if (result == null) {
            return page.failures() >= maxAttempts;
        }
        Throwable failure = result.failure();
        return switch (result.kind()) {
            case ARRIVED -> true;
            case FAILED -> failure != null && failuresAfter(page.failures(), failure, maxAttempts) >= maxAttempts;
            case PUT_OFF, LEFT -> false;
        };
    }

    /** The first page that failed now, or else that failed earlier, and how many did besides. */
    private String reason() {
        Map<Integer, String> reasons = new TreeMap<>();
        for (MissingPage page : missing) {
            String lastFailure = page.lastFailure();
            if (page.failures() >= maxAttempts && lastFailure != null) {
                reasons.put(page.page(), lastFailure);
            }
        }
        for (PageResult result : of(PageResult.Kind.FAILED)) {
            Throwable failure = result.failure();
            reasons.put(result.page(), failure == null ? "failed" : reasonOf(failure));
        }
        return reasons.entrySet().stream()
                .findFirst()
                .map(first -> "page " + first.getKey() + ": " + first.getValue() + andMore(reasons.size() - 1))
                .orElse("the run was broken off");
    }

    private static String andMore(int others) {
        return others == 0 ? "" : " (and " + others + " more pages)";
    }

    /** The longest wait that the feed asked for; null: as the queue's policy says. */
    private @Nullable Duration wantedDelay() {
        return results.stream()
                .map(PageResult::failure)
                .filter(UpstreamFaultException.class::isInstance)
                .flatMap(failure -> ((UpstreamFaultException) failure).retryAfter().stream())
                .max(Comparator.naturalOrder())
                .orElse(null);
    }

    private List<PageResult> of(PageResult.Kind kind) {
        return results.stream()
                .filter(result -> result.kind() == kind)
                .sorted(Comparator.comparing(PageResult::page))
                .toList();
    }
}
