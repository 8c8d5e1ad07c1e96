package io.penstock.worker.run;

import io.penstock.common.loop.EventLoopContext;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;

/**
 * Empties stopped claim loops: at once what never started, then, after the grace period, what still runs. Handing back
 * comes before ending the process: running twice is allowed, losing a job is not.
 */
final class Drain {

    private static final Logger LOG = Logger.getLogger(Drain.class);

    private static final Duration CHECK = Duration.ofMillis(20);
    /** For the last stores and hand-backs when the grace period is over. */
    private static final Duration LAST_CALL = Duration.ofSeconds(3);

    private final List<ClaimLoop> loops;
    private final EventLoopContext context;
    private final long endOfGrace;

    Drain(List<ClaimLoop> loops, EventLoopContext context, Duration grace) {
        this.loops = loops;
        this.context = context;
        this.endOfGrace = System.nanoTime() + grace.toNanos();
    }

    void run(Runnable done) {
        handBack(false).subscribe().with(step -> check(done), failure -> check(done));
    }

    private void check(Runnable done) {
        boolean graceIsOver = System.nanoTime() - endOfGrace > 0;
        if (loops.stream().allMatch(ClaimLoop::isQuiet)) {
            // A claim that was waiting in Redis may have brought jobs after the first hand-back.
            finish(handBack(false), done);
        } else if (graceIsOver) {
            finish(handBack(true), done);
        } else {
            context.setTimer(CHECK.toMillis(), timer -> check(done));
        }
    }

    private void finish(Uni<Void> handBack, Runnable done) {
        handBack.ifNoItem()
                .after(LAST_CALL)
                .fail()
                .subscribe()
                .with(
                        step -> context.execute(done),
                        failure -> context.execute(() -> {
                            LOG.warnf(
                                    "could not hand everything back, the rest waits for its leases to end: %s",
                                    failure);
                            done.run();
                        }));
    }

    private Uni<Void> handBack(boolean all) {
        return Uni.join()
                .all(loops.stream().map(loop -> loop.handBack(all)).collect(Collectors.toList()))
                .andFailFast()
                .replaceWithVoid();
    }
}
