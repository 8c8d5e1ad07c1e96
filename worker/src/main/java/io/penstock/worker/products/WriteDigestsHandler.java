package io.penstock.worker.products;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.Digests;
import io.penstock.common.products.NotificationSending;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.WriteDigests;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Writes the digests that are due, user by user, and sees to notifications whose jobs were lost to an outage. A run that breaks off, or runs
 * again, goes on where it was: what is written is not due any more.
 */
@ApplicationScoped
class WriteDigestsHandler implements JobHandler<WriteDigests> {

    private static final int PAGE = 200;
    private static final int MOST_STRAYS = 5_000;
    /** Longer than any pause between two tries of a job that is there, as configured, by half an hour. */
    private static final Duration MARGIN = Duration.ofMinutes(30);

    private static final Logger LOG = Logger.getLogger(WriteDigestsHandler.class);

    /**
     * The result of the job.
     *
     * @param notifications that the digests tell of
     * @param failed digests that could not be written; the next run will
     * @param strays notifications that were enqueued anew
     */
    @RegisterForReflection
    record Report(long digests, long notifications, long failed, int strays) {}

    private final Digests digests;
    private final NotificationSending sending;
    private final NotificationConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    WriteDigestsHandler(Digests digests, NotificationSending sending, NotificationConfig config) {
        this.digests = digests;
        this.sending = sending;
        this.config = config;
    }

    @Override
    public JobType<WriteDigests> type() {
        return ProductJobs.WRITE_DIGESTS;
    }

    @Override
    public Uni<Outcome> handle(WriteDigests payload, JobContext context) {
        Instant now = clock.instant();
        AtomicLong after = new AtomicLong();
        AtomicLong written = new AtomicLong();
        AtomicLong notifications = new AtomicLong();
        AtomicLong failed = new AtomicLong();
        return sending.enqueueStrays(config.longestPause().plus(MARGIN), MOST_STRAYS)
                .chain(strays -> Multi.createBy()
                        .repeating()
                        .uni(() -> page(now, after, context))
                        .whilst(page -> page.size() == PAGE)
                        .onItem()
                        .transformToMultiAndConcatenate(
                                page -> Multi.createFrom().iterable(page))
                        .onItem()
                        .transformToUniAndConcatenate(
                                user -> digests.write(user, now).onFailure().recoverWithUni(failure -> {
                                    LOG.warnf("the digest of user %d is left to the next run: %s", user, failure);
                                    failed.incrementAndGet();
                                    return Uni.createFrom().item(0);
                                }))
                        .invoke(told -> {
                            written.addAndGet(told > 0 ? 1 : 0);
                            notifications.addAndGet(told);
                        })
                        .collect()
                        .last()
                        .map(last -> Outcome.completed(
                                new Report(written.get(), notifications.get(), failed.get(), strays))));
    }

    private Uni<List<Long>> page(Instant now, AtomicLong after, JobContext context) {
        return context.isCancelled()
                ? Uni.createFrom().failure(new CancellationException("the run is in vain"))
                : digests.due(now, after.get(), PAGE).invoke(page -> {
                    if (!page.isEmpty()) {
                        after.set(page.get(page.size() - 1));
                    }
                });
    }
}
