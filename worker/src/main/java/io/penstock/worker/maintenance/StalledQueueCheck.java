package io.penstock.worker.maintenance;

import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import io.penstock.common.queue.QueueStatus;
import java.time.Duration;
import java.util.Map;

/**
 * Says of a queue whether it moves. Pure. One stands still where jobs have waited for long and none has ended since the
 * last check; a paused one is meant to.
 */
final class StalledQueueCheck {

    private final Duration stuckAfter;
    private final Map<String, Long> finishedBefore;

    /** @param finishedBefore jobs each queue had finished at the last check; a queue may be new */
    StalledQueueCheck(Duration stuckAfter, Map<String, Long> finishedBefore) {
        this.stuckAfter = stuckAfter;
        this.finishedBefore = finishedBefore;
    }

    Part judge(QueueStatus queue) {
        String name = "queue/" + queue.queue();
        Long before = finishedBefore.get(queue.queue());
        boolean none = before != null && before == finished(queue);
        boolean waitsForLong = queue.waiting() > 0 && queue.oldestWaitMs() > stuckAfter.toMillis();
        if (none && waitsForLong && !queue.paused()) {
            String detail = "stands still: " + queue.waiting() + " jobs wait, one of them for "
                    + Duration.ofMillis(queue.oldestWaitMs()).toMinutes() + " min, and none has ended";
            return new Part(name, Status.DOWN, detail, 0);
        }
        return new Part(name, Status.UP, "", 0);
    }

    /** Attempts that have ended, well or not, since the queue exists. */
    static long finished(QueueStatus queue) {
        return queue.completed() + queue.failed();
    }
}
