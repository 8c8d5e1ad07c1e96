package io.penstock.common.operations;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchRun;
import io.penstock.common.batch.BatchSpec;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.batch.Batches;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Does something to many jobs: counts them first if asked to, notes the filter with the time it was given, and goes through the jobs
 * page by page. An operation is a batch whose items are those pages: each adds the one behind it, so that a worker that takes over
 * goes on where the last one was; a page that is done twice finds its jobs moved on and skips them.
 */
@ApplicationScoped
public class BulkOperations {

    private static final Logger LOG = Logger.getLogger(BulkOperations.class);

    /** So many jobs a dry run looks at; beyond, its count is a lower bound. */
    static final int DRY_RUN_LIMIT = 20_000;
    /** Jobs that are changed at once: their commands share the connection, so that what one costs is no round trip. */
    private static final int AT_ONCE = 50;
    /** Pages that are recorded together. What a worker had done of them when it is killed is counted as skipped. */
    private static final int PAGES_AT_ONCE = 5;

    private final Batches batches;
    private final BatchStore store;
    private final EarlierBulkOperations earlier;
    private final BulkScan scan;
    private final JobAdmin jobAdmin;
    private final JobEnqueuer jobs;
    private final ObjectMapper mapper;

    @Inject
    BulkOperations(
            Batches batches,
            BatchStore store,
            EarlierBulkOperations earlier,
            BulkScan scan,
            JobAdmin jobAdmin,
            JobEnqueuer jobs,
            ObjectMapper mapper) {
        this.batches = batches;
        this.store = store;
        this.earlier = earlier;
        this.scan = scan;
        this.jobAdmin = jobAdmin;
        this.jobs = jobs;
        this.mapper = mapper;
    }

    /**
     * What an operation would do.
     *
     * @param matching jobs that are meant
     * @param examined jobs that were compared with the filter
     * @param complete false: there are more jobs than a dry run looks at, and {@code matching} is a lower bound
     */
    public record DryRun(long matching, long examined, boolean complete) {}

    /** Counts the jobs that are meant. Changes nothing. */
    public Uni<DryRun> dryRun(BulkAction action, BulkFilter filter) {
        return jobAdmin.now().chain(now -> count(action, filter, now, scan.start(filter), new DryRun(0, 0, true)));
    }

    private Uni<DryRun> count(
            BulkAction action, BulkFilter filter, Instant now, Optional<BulkScan.Position> from, DryRun soFar) {
        if (from.isEmpty() || soFar.examined() >= DRY_RUN_LIMIT) {
            return Uni.createFrom().item(new DryRun(soFar.matching(), soFar.examined(), from.isEmpty()));
        }
        return scan.page(action, filter, now, from.get())
                .chain(page -> count(
                        action,
                        filter,
                        now,
                        page.next(),
                        new DryRun(
                                soFar.matching() + page.matching().size(), soFar.examined() + page.examined(), true)));
    }

    /**
     * Freezes the filter and starts the work in the background.
     *
     * @param children what retried parents do about their children; of no meaning for other actions
     * @param requestedBy id of who asks, for the record
     */
    public Uni<BulkOperation> start(
            BulkAction action,
            BulkFilter filter,
            JobAdmin.Children children,
            String requestedBy,
            String requestedByName) {
        return jobAdmin.now()
                .chain(now -> create(
                        new BulkOrder(action, filter, children, now),
                        scan.start(filter),
                        new Asked(requestedBy, requestedByName, run -> jobId(run.batchId())),
                        (transaction, id) -> Uni.createFrom().voidItem()))
                .call(held -> held.runs().isEmpty() ? Uni.createFrom().voidItem() : enqueue(held.batch()))
                .map(held -> BulkOperation.of(held.batch()));
    }

    private static String jobId(UUID operation) {
        return "bulk-" + operation;
    }

    /** Who asked for an operation, and the job of its runner. */
    private record Asked(String by, String byName, Function<BatchRun, String> jobId) {}

    private Uni<Batches.Held> create(
            BulkOrder order,
            Optional<BulkScan.Position> from,
            Asked asked,
            BiFunction<SqlConnection, UUID, Uni<Void>> with) {
        List<JsonNode> first = from.stream().<JsonNode>map(mapper::valueToTree).toList();
        BatchSpec spec = BatchSpec.of(OperationsJobs.PAGES)
                .named(order.action().text() + " jobs")
                .withItems(first)
                .withFixedChunks(1)
                .withConcurrency(1)
                .withConfig(mapper.valueToTree(order.config().getMap()));
        return batches.createHeld(
                spec, asked.by(), asked.byName(), new Batches.Holder(OperationsJobs.BULK.queue(), asked.jobId()), with);
    }

    /** An operation without a job would seem to run for ever. */
    private Uni<?> enqueue(Batch batch) {
        return jobs.enqueue(OperationsJobs.BULK, new BulkJob(batch.id()), JobOptions.DEFAULT.withId(jobId(batch.id())))
                .onFailure()
                .call(() -> batches.forget(batch.id()));
    }

    /** Stops the work; what is done stays done. Empty: the operation had ended. */
    public Uni<Optional<BulkOperation>> abort(UUID id) {
        return batches.cancel(id)
                .chain(changed -> changed.change() == Batches.Change.UNKNOWN
                        ? abortEarlier(id)
                        : Uni.createFrom()
                                .item(changed.batch()
                                        .filter(batch -> changed.change() == Batches.Change.DONE)
                                        .map(BulkOperation::of)));
    }

    private Uni<Optional<BulkOperation>> abortEarlier(UUID id) {
        return earlier.find(id).chain(found -> {
            UUID continued =
                    found.map(EarlierBulkOperations.Earlier::continuedAs).orElse(null);
            return continued == null ? earlier.abort(id) : abort(continued);
        });
    }

    public Uni<Optional<BulkOperation>> find(UUID id) {
        return store.find(id)
                .chain(batch -> batch.isPresent()
                        ? Uni.createFrom()
                                .item(batch.filter(BulkOperations::isOperation).map(BulkOperation::of))
                        : findEarlier(id));
    }

    private static boolean isOperation(Batch batch) {
        return batch.type().equals(OperationsJobs.PAGES.name());
    }

    private Uni<Optional<BulkOperation>> findEarlier(UUID id) {
        return earlier.find(id).chain(found -> {
            UUID continued =
                    found.map(EarlierBulkOperations.Earlier::continuedAs).orElse(null);
            return continued == null
                    ? Uni.createFrom().item(found.map(EarlierBulkOperations.Earlier::operation))
                    : find(continued);
        });
    }

    /** The latest first. */
    public Uni<List<BulkOperation>> list(Instant before, int limit) {
        return store.listBefore(before, OperationsJobs.PAGES.name(), limit).chain(found -> earlier.list(before, limit)
                .map(older -> Stream.concat(found.stream().map(BulkOperation::of), older.stream())
                        .sorted(Comparator.comparing(BulkOperation::createdAt).reversed())
                        .limit(limit)
                        .toList()));
    }

    /** The batch of an operation; one from before operations were batches becomes one. Empty: there is no such operation. */
    public Uni<Optional<UUID>> batchOf(UUID id) {
        return store.find(id)
                .chain(batch -> batch.isPresent()
                        ? Uni.createFrom().item(Optional.of(id))
                        : earlier.find(id)
                                .chain(found -> found.isEmpty()
                                        ? Uni.createFrom().item(Optional.empty())
                                        : continued(id, found.get()).map(Optional::of)));
    }

    private Uni<UUID> continued(UUID id, EarlierBulkOperations.Earlier found) {
        UUID known = found.continuedAs();
        if (known != null) {
            return Uni.createFrom().item(known);
        }
        BulkOperation operation = found.operation();
        BulkOrder order =
                new BulkOrder(operation.action(), operation.filter(), operation.children(), operation.frozenAt());
        return create(
                        order,
                        found.position().or(() -> scan.start(operation.filter())),
                        new Asked(operation.requestedBy(), operation.requestedByName(), run -> jobId(id)),
                        (transaction, batch) -> earlier.continueAs(transaction, id, batch)
                                .chain(() -> batches.count(
                                        transaction, batch, operation.progress().counted())))
                .map(held -> held.batch().id())
                .invoke(batch -> LOG.infof("bulk operation %s goes on as batch %s", id, batch));
    }

    /**
     * What came of some pages.
     *
     * @param next the page behind them; empty: that was the last one
     */
    public record Done(BulkOperation.Progress progress, Optional<BulkScan.Position> next) {}

    /** Does what is asked for to the jobs of the next few pages. What was done before the queue could not be reached any more is told. */
    public Uni<Done> runPages(BulkOrder order, BulkScan.Position first, String why) {
        return runPage(order, first, why).chain(done -> runMore(order, done, why, PAGES_AT_ONCE - 1));
    }

    private Uni<Done> runMore(BulkOrder order, Done soFar, String why, int pages) {
        if (pages == 0 || soFar.next().isEmpty()) {
            return Uni.createFrom().item(soFar);
        }
        return runPage(order, soFar.next().get(), why)
                .map(done -> Optional.of(new Done(soFar.progress().plus(done.progress()), done.next())))
                .onFailure(QueueUnavailableException.class)
                .recoverWithItem(Optional.empty())
                .chain(done ->
                        done.isEmpty() ? Uni.createFrom().item(soFar) : runMore(order, done.get(), why, pages - 1));
    }

    private Uni<Done> runPage(BulkOrder order, BulkScan.Position position, String why) {
        return scan.page(order.action(), order.filter(), order.frozenAt(), position)
                .chain(page -> actOn(order, position, page, why).map(progress -> new Done(progress, page.next())));
    }

    private Uni<BulkOperation.Progress> actOn(
            BulkOrder order, BulkScan.Position position, BulkScan.Page page, String why) {
        if (order.action() != BulkAction.RETRY || page.matching().size() < 2) {
            return oneByOne(order, page, why);
        }
        return jobAdmin.retryAll(position.queue(), position.partition(), page.matching(), true, order.children())
                .map(steered -> steered.stream()
                        .map(BulkOperations::progressOf)
                        .reduce(new BulkOperation.Progress(page.examined(), 0, 0, 0), BulkOperation.Progress::plus))
                .onFailure(failure -> !(failure instanceof QueueUnavailableException))
                .recoverWithUni(failure -> {
                    LOG.warnf(
                            failure,
                            "%s: %d jobs are retried one by one",
                            why,
                            page.matching().size());
                    return oneByOne(order, page, why);
                });
    }

    private Uni<BulkOperation.Progress> oneByOne(BulkOrder order, BulkScan.Page page, String why) {
        return Multi.createFrom()
                .iterable(page.matching())
                .onItem()
                .transformToUni(id -> actOnOne(order, id, why))
                .merge(AT_ONCE)
                .collect()
                .in(
                        () -> new BulkOperation.Progress[] {new BulkOperation.Progress(page.examined(), 0, 0, 0)},
                        (sum, one) -> sum[0] = sum[0].plus(one))
                .map(sum -> sum[0]);
    }

    private Uni<BulkOperation.Progress> actOnOne(BulkOrder order, String id, String why) {
        return order.action()
                .apply(jobAdmin, id, why, order.children())
                .map(BulkOperations::progressOf)
                .onFailure(failure -> !(failure instanceof QueueUnavailableException))
                .recoverWithItem(failure -> {
                    LOG.warnf(failure, "%s: job %s is left as it is", why, id);
                    return new BulkOperation.Progress(0, 0, 0, 1);
                });
    }

    private static BulkOperation.Progress progressOf(JobActionResult steered) {
        return steered.fold(new JobActionResult.Cases<>() {
            @Override
            public BulkOperation.Progress done(JobActionResult.Done done) {
                return new BulkOperation.Progress(0, 1, 0, 0);
            }

            @Override
            public BulkOperation.Progress notFound(JobActionResult.NotFound notFound) {
                return new BulkOperation.Progress(0, 0, 1, 0);
            }

            @Override
            public BulkOperation.Progress conflict(JobActionResult.Conflict conflict) {
                return new BulkOperation.Progress(0, 0, 1, 0);
            }
        });
    }
}
