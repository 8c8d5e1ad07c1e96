package io.penstock.common.products;

import io.penstock.common.job.JobOptions;
import io.penstock.common.products.Sweeps.Due;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues an update of each product that is tracked, a page of products at a time, so that the memory it takes does not depend on how
 * many there are. Each page is enqueued with a key of its own: a plan that is made again under its name adds no page twice.
 */
@ApplicationScoped
public class UpdatePlan {

    /** Products of one page. */
    public static final int PAGE = 1_000;

    private final Sweeps sweeps;
    private final JobEnqueuer enqueuer;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public UpdatePlan(Sweeps sweeps, JobEnqueuer enqueuer) {
        this.sweeps = sweeps;
        this.enqueuer = enqueuer;
    }

    /**
     * Answers how many products there were.
     *
     * @param name of the plan, such as the id of the job that makes it
     * @param of products that somebody tracks with one of these frequencies
     * @param priority of each update; null: as {@link UpdatePriority} has it
     * @param goOn asked after each page, with the number of products so far; false ends the plan
     */
    public Uni<Long> make(String name, List<Frequency> of, @Nullable Integer priority, LongPredicate goOn) {
        return Uni.createFrom().deferred(() -> {
            AtomicLong after = new AtomicLong();
            AtomicLong products = new AtomicLong();
            return Multi.createBy()
                    .repeating()
                    .uni(() -> page(name, after.get(), of, priority).invoke(page -> {
                        products.addAndGet(page.size());
                        if (!page.isEmpty()) {
                            after.set(page.get(page.size() - 1).itemId());
                        }
                    }))
                    .whilst(page -> goOn.test(products.get()) && page.size() == PAGE)
                    .collect()
                    .last()
                    .map(last -> products.get());
        });
    }

    private Uni<List<Due>> page(String name, long after, List<Frequency> of, @Nullable Integer priority) {
        return sweeps.page(after, of, PAGE, clock.instant())
                .call(page -> page.isEmpty()
                        ? Uni.createFrom().voidItem()
                        : enqueue(page, priority, "plan-" + name + "-" + after));
    }

    private Uni<Void> enqueue(List<Due> page, @Nullable Integer priority, String key) {
        return enqueuer.enqueueAll(
                        ProductJobs.UPDATE_PRODUCT,
                        page.stream()
                                .map(due -> new JobEnqueuer.Item<>(
                                        new UpdateProduct(due.itemId()),
                                        JobOptions.DEFAULT.withPriority(priority == null ? due.priority() : priority)))
                                .toList(),
                        IdempotencyKey.of(key))
                .replaceWithVoid()
                // The page was enqueued before; priorities may have changed since.
                .onFailure(IdempotencyKeyReusedException.class)
                .recoverWithNull();
    }
}
