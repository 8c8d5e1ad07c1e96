package io.penstock.local;

import io.penstock.local.LocalApi.ApiUnavailableException;
import io.penstock.local.LocalApi.QueueCounts;
import io.penstock.local.LocalApi.SweepProgress;
import io.penstock.local.LocalApi.SweepStarted;
import java.time.Duration;
import java.time.Instant;

/** One sweep of the feed, triggered and followed through the API. */
final class Sweep {

    /** As much as one trigger takes. */
    static final int MOST_PAGES = 120;

    private static final String QUEUE = "full-sync-chunk";
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);
    /** So long the API may be away, for instance to be started again, before nobody waits for it any more. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final LocalApi api;
    private final String batchId;
    private final int pages;
    private final QueueCounts before;
    private final Instant started = Instant.now();

    private Sweep(LocalApi api, String batchId, int pages, QueueCounts before) {
        this.api = api;
        this.batchId = batchId;
        this.pages = pages;
        this.before = before;
    }

    static Sweep start(LocalApi api, int pages) {
        QueueCounts before = api.queue(QUEUE);
        SweepStarted answer = api.startSweep(pages);
        if (answer.batchId() == null) {
            throw new LaunchException("Another sweep holds some of these pages; jobs: " + answer.jobIds());
        }
        return new Sweep(api, answer.batchId(), pages, before);
    }

    int pages() {
        return pages;
    }

    SweepProgress progress() {
        return api.sweep(batchId);
    }

    /**
     * Shows how far the sweep is until it is over, or the deadline has come.
     *
     * @param check looked at again and again; throws when waiting has become pointless
     */
    SweepResult follow(SweepDisplay display, Duration deadline, Runnable check) {
        Instant end = Instant.now().plus(deadline);
        Instant lastAnswer = Instant.now();
        while (Instant.now().isBefore(end)) {
            check.run();
            try {
                SweepProgress progress = progress();
                lastAnswer = Instant.now();
                display.show(progress);
                if (progress.isOver()) {
                    return result(progress);
                }
            } catch (ApiUnavailableException away) {
                if (lastAnswer.plus(PATIENCE).isBefore(Instant.now())) {
                    throw new LaunchException("The API is gone: " + away.getMessage(), away);
                }
            }
            Pause.of(BETWEEN_LOOKS);
        }
        return result(progress());
    }

    private SweepResult result(SweepProgress progress) {
        QueueCounts now = api.queue(QUEUE);
        long failedAttempts = now.failed() - before.failed();
        return new SweepResult(
                progress,
                now.completed() - before.completed(),
                Math.max(0, failedAttempts - progress.chunksDead()),
                progress.chunksDead(),
                Duration.between(started, Instant.now()));
    }
}
