package io.penstock.worker.orders;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.orders.DataCleanup;
import io.penstock.common.orders.ObjectStore;
import io.penstock.common.orders.OrdersConfig;
import io.penstock.common.orders.OrdersJobs;
import io.penstock.common.orders.ShopCleanup;
import io.penstock.common.orders.ShopFiles;
import io.penstock.common.schedule.TaskExecutionStore;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Removes what nobody needs: rows, files, and the room they leave in PostgreSQL. Whatever happens to the files, the rest is
 * done; then the job fails with what the object store said, and the next one makes up for it.
 */
@ApplicationScoped
class DataCleanupHandler implements JobHandler<DataCleanup> {

    private static final int STEP = 1_000;
    private static final int MOST_STEPS = 1_000;
    private static final int DELETES_AT_ONCE = 4;
    private static final int NOTED_AT_ONCE = 50;
    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);
    private static final int RETRIES = 20;

    /** What a run removed. */
    record Report(long supportSessions, long executionLogs, long files) {}

    /** What became of the files; a failure is a value here, so that the rest is done. */
    private record Files(long removed, @Nullable Throwable failure) {}

    private final ShopCleanup shop;
    private final ShopFiles files;
    private final ObjectStore objects;
    private final TaskExecutionStore executions;
    private final OrdersConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    DataCleanupHandler(
            ShopCleanup shop,
            ShopFiles files,
            ObjectStore objects,
            TaskExecutionStore executions,
            OrdersConfig config) {
        this.shop = shop;
        this.files = files;
        this.objects = objects;
        this.executions = executions;
        this.config = config;
    }

    @Override
    public JobType<DataCleanup> type() {
        return OrdersJobs.DATA_CLEANUP;
    }

    @Override
    public Uni<Outcome> handle(DataCleanup payload, JobContext context) {
        OrdersConfig.Cleanup ages = config.cleanup();
        return inSteps(() -> shop.forgetSupportSessions(ages.supportSessions(), STEP), context)
                .chain(sessions -> inSteps(
                                () -> executions.forget(clock.instant().minus(ages.executionLogs()), STEP), context)
                        .chain(logs -> files(context)
                                .call(shop::vacuum)
                                .map(found -> outcome(new Report(sessions, logs, found.removed()), found.failure()))));
    }

    private static Outcome outcome(Report report, @Nullable Throwable failure) {
        return failure == null
                ? Outcome.completed(report)
                : Outcome.fail("files were not cleaned up: " + failure.getMessage() + ". Removed: "
                        + report.supportSessions() + " support sessions, " + report.executionLogs()
                        + " execution logs, " + report.files() + " files");
    }

    private Uni<Files> files(JobContext context) {
        if (!objects.isPresent()) {
            return Uni.createFrom().item(new Files(0, null));
        }
        AtomicLong removed = new AtomicLong();
        return learn(context)
                .chain(files::spareReferred)
                .chain(() -> inSteps(() -> files.mark(config.cleanup().fileGrace(), STEP), context))
                .chain(() -> inSteps(() -> files.condemn(config.cleanup().fileGrace(), STEP), context))
                .chain(() -> remove(removed, context))
                .map(done -> new Files(removed.get(), null))
                .onFailure()
                .recoverWithItem(failure -> new Files(removed.get(), failure));
    }

    private Uni<Void> learn(JobContext context) {
        return Multi.createFrom()
                .iterable(config.files().prefixes())
                .onItem()
                .transformToUniAndConcatenate(prefix -> learn(prefix, context))
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> learn(String prefix, JobContext context) {
        AtomicReference<@Nullable String> next = new AtomicReference<>();
        return Multi.createBy()
                .repeating()
                .uni(() -> objects.list(prefix, next.get())
                        .call(page -> files.learn(page.objects()))
                        .invoke(page -> next.set(page.next())))
                .whilst(page -> page.next() != null && !context.isCancelled())
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> remove(AtomicLong removed, JobContext context) {
        AtomicReference<String> behind = new AtomicReference<>("");
        return Multi.createBy()
                .repeating()
                .uni(() -> files.removals(Objects.requireNonNull(behind.get()), STEP)
                        .call(keys -> delete(keys, removed))
                        .invoke(keys -> {
                            if (!keys.isEmpty()) {
                                behind.set(keys.get(keys.size() - 1));
                            }
                        }))
                .whilst(keys -> keys.size() == STEP && !context.isCancelled())
                .collect()
                .last()
                .replaceWithVoid();
    }

    private Uni<Void> delete(List<String> keys, AtomicLong removed) {
        return Multi.createFrom()
                .iterable(keys)
                .onItem()
                .transformToUni(this::delete)
                .merge(DELETES_AT_ONCE)
                .group()
                .intoLists()
                .of(NOTED_AT_ONCE)
                .onItem()
                .transformToUniAndConcatenate(gone -> files.removed(gone).invoke(() -> removed.addAndGet(gone.size())))
                .collect()
                .last()
                .replaceWithVoid();
    }

    /** Waits for a permit for a while; what is not deleted then is left to the next job. */
    private Uni<String> delete(String key) {
        return objects.delete(key)
                .replaceWith(key)
                .onFailure(SnoozeException.class)
                .retry()
                .withBackOff(SHORTEST_PAUSE, LONGEST_PAUSE)
                .atMost(RETRIES);
    }

    private static Uni<Long> inSteps(Supplier<Uni<Integer>> step, JobContext context) {
        return Multi.createBy()
                .repeating()
                .uni(() -> step.get())
                .whilst(done -> done == STEP && !context.isCancelled())
                .select()
                .first(MOST_STEPS)
                .collect()
                .with(Collectors.summingLong(Integer::longValue));
    }
}
