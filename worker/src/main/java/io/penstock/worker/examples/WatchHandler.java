package io.penstock.worker.examples;

import io.penstock.common.examples.ExampleJobs;
import io.penstock.common.examples.Watch;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** A long handler that can be stopped: it asks between its steps whether anybody still wants the result. */
@ApplicationScoped
class WatchHandler implements JobHandler<Watch> {

    @Override
    public JobType<Watch> type() {
        return ExampleJobs.WATCH;
    }

    @Override
    public Uni<Outcome> handle(Watch watch, JobContext job) {
        AtomicInteger looks = new AtomicInteger();
        return Uni.createFrom()
                .item(() -> look(watch, job, looks.incrementAndGet()))
                .call(end -> end.isPresent() ? Uni.createFrom().voidItem() : pause(watch))
                .repeat()
                .whilst(Optional::isEmpty)
                .collect()
                .last()
                .map(Optional::orElseThrow);
    }

    /** Empty as long as there is more to see. */
    private static Optional<Outcome> look(Watch watch, JobContext job, int number) {
        if (job.isCancelled()) {
            job.log("stopped before look " + number);
            return Optional.of(Outcome.cancelled());
        }
        job.progress(number, watch.looks());
        return number < watch.looks() ? Optional.empty() : Optional.of(Outcome.completed(number));
    }

    private static Uni<Void> pause(Watch watch) {
        return Uni.createFrom().voidItem().onItem().delayIt().by(Duration.ofMillis(watch.everyMs()));
    }
}
