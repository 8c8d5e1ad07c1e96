package io.penstock.common.report;

import io.penstock.common.cache.CacheAdvice.Advice;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What figures of the queues suggest to do. Pure. */
final class QueueAdvice {

    static final long MANY_WAITING = 1_000;
    /** Failed attempts beside completed jobs. */
    static final double MANY_FAILED = 0.1;
    /** Shares of fewer jobs say nothing. */
    static final long ENOUGH_JOBS = 20;

    static final long MANY_DEAD = 100;
    static final long LONG_WAIT_MS = 900_000;

    private QueueAdvice() {}

    static List<Advice> of(List<QueuePeriod> queues) {
        List<Advice> all = new ArrayList<>();
        for (QueuePeriod queue : queues) {
            String subject = "queue/" + queue.queue();
            String link = "/api/queues/" + queue.queue();
            if (queue.mostWaiting() > MANY_WAITING) {
                all.add(new Advice(
                        subject,
                        "up to " + queue.mostWaiting() + " jobs waited, " + Math.round(queue.meanWaiting())
                                + " in the mean",
                        "run more workers, or raise the concurrency of the queue where its upstreams allow it",
                        link));
            }
            if (queue.completed() + queue.failed() >= ENOUGH_JOBS && queue.failed() > MANY_FAILED * queue.completed()) {
                all.add(new Advice(
                        subject,
                        queue.failed() + " attempts failed beside " + queue.completed() + " jobs that completed"
                                + share(queue),
                        "look at the error groups: the most frequent reason comes first",
                        "/api/history/errors?queue=" + queue.queue()));
            }
            if (queue.dead() > MANY_DEAD) {
                all.add(new Advice(
                        subject,
                        queue.dead() + " jobs were given up and are kept",
                        "retry them when the cause is gone, or purge them",
                        link));
            }
            if (queue.longestWaitMs() > LONG_WAIT_MS) {
                all.add(new Advice(
                        subject,
                        "a job waited " + queue.longestWaitMs() / 60_000 + " minutes for its start",
                        "see whether the queue was paused, its rate limit is too low, or workers were missing",
                        link));
            }
        }
        return all;
    }

    private static String share(QueuePeriod queue) {
        return queue.completed() == 0
                ? ""
                : String.format(Locale.ROOT, " (%.1f %%)", queue.failed() * 100.0 / queue.completed());
    }
}
