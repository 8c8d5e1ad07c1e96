package io.penstock.worker.run;

import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.Uni;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jboss.logging.Logger;

/**
 * Learns which of this worker's jobs somebody cancelled, by one look at a queue partition for all jobs it has there, and
 * passes the word on. Does not look while there are none. Confined to the queue's event loop.
 */
final class CancelWatch {

    private static final Logger LOG = Logger.getLogger(CancelWatch.class);

    /** Of one partition. */
    private final List<ClaimLoop> loops;

    private boolean looking;
    private boolean failing;

    CancelWatch(List<ClaimLoop> loops) {
        this.loops = List.copyOf(loops);
    }

    /** One look; does nothing while the last one is under way. */
    void runOnce(Executor eventLoop) {
        List<ClaimedJob> jobs = new ArrayList<>();
        loops.forEach(loop -> jobs.addAll(loop.atWork()));
        if (looking || jobs.isEmpty()) {
            return;
        }
        looking = true;
        Uni.createFrom()
                .deferred(() -> loops.get(0).consumer().cancelRequests(jobs))
                .subscribe()
                .with(
                        asked -> eventLoop.execute(() -> {
                            looking = false;
                            failing = false;
                            if (!asked.isEmpty()) {
                                loops.forEach(loop -> loop.cancelRequested(asked));
                            }
                        }),
                        failure -> eventLoop.execute(() -> failed(failure)));
    }

    private void failed(Throwable failure) {
        looking = false;
        if (!failing) {
            LOG.warnf(
                    "queue %s: cannot look for cancelled jobs, will keep trying: %s",
                    loops.get(0).consumer().policy().queue(), failure.getMessage());
        }
        failing = true;
    }
}
