package io.penstock.common.outbox;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.OnceQueue;
import io.penstock.common.queue.PayloadCodec;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Enqueues jobs inside a PostgreSQL transaction: the job exists exactly if the transaction commits.
 *
 * <pre>{@code
 * pool.withTransaction(transaction -> orders.insert(transaction, order)
 *         .chain(() -> outbox.enqueue(transaction, OrdersJobs.CONFIRM, new Confirm(order.id()))));
 * }</pre>
 *
 * <p>Payloads and options are checked as {@link io.penstock.common.queue.JobEnqueuer} checks them, before anything is
 * written. After the commit a relay hands the job to the queue, as a rule within milliseconds; a delay counts from the
 * insert. The queue's own refusals come too late for the caller: an id that is live by then adds nothing.
 */
@ApplicationScoped
public class Outbox {

    /** Characters of an ordering key. */
    public static final int MAX_ORDERING_KEY = 200;

    /**
     * One job of a bulk call.
     *
     * @param orderingKey rows of one key reach the queue in the order of their inserts; absent: in any order. 1 to
     *     {@link #MAX_ORDERING_KEY} characters without NUL, else {@link InvalidJobException}
     */
    public record Item<P>(P payload, JobOptions options, Optional<String> orderingKey) {

        public Item {
            orderingKey.ifPresent(key -> {
                if (key.isEmpty() || key.length() > MAX_ORDERING_KEY || key.indexOf('\0') >= 0) {
                    throw new InvalidJobException(
                            "orderingKey", "must be 1 to " + MAX_ORDERING_KEY + " characters without NUL");
                }
            });
        }

        public static <P> Item<P> of(P payload, JobOptions options) {
            return new Item<>(payload, options, Optional.empty());
        }

        /** The same under an ordering key. */
        public Item<P> inOrderOf(String key) {
            return new Item<>(payload, options, Optional.of(key));
        }
    }

    private final OutboxTable table;
    private final PayloadCodec payloads;
    private final JobOptionsCodec optionsCodec;
    private final OnceQueue queue;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public Outbox(OutboxTable table, OnceQueue queue, PayloadCodec payloads, JobOptionsCodec optionsCodec) {
        this.table = table;
        this.queue = queue;
        this.payloads = payloads;
        this.optionsCodec = optionsCodec;
    }

    public <P> Uni<String> enqueue(SqlConnection transaction, JobType<P> type, P payload) {
        return enqueue(transaction, type, payload, JobOptions.DEFAULT);
    }

    /**
     * Enqueues one job when the transaction commits.
     *
     * @return the job's id: the explicit one, or a new UUID
     */
    public <P> Uni<String> enqueue(SqlConnection transaction, JobType<P> type, P payload, JobOptions options) {
        return enqueueAll(transaction, type, List.of(Item.of(payload, options))).map(ids -> ids.get(0));
    }

    /** As {@link #enqueue}; jobs of one ordering key reach the queue in the order of their inserts. */
    public <P> Uni<String> enqueueInOrder(
            SqlConnection transaction, JobType<P> type, P payload, JobOptions options, String orderingKey) {
        return Uni.createFrom()
                .deferred(() -> enqueueAll(
                        transaction, type, List.of(Item.of(payload, options).inOrderOf(orderingKey))))
                .map(ids -> ids.get(0));
    }

    /** Enqueues many jobs with one statement, in the order given. Answers with their ids in this order. */
    public <P> Uni<List<String>> enqueueAll(SqlConnection transaction, JobType<P> type, List<Item<P>> items) {
        return Uni.createFrom().deferred(() -> {
            if (items.isEmpty()) {
                return Uni.createFrom().item(List.of());
            }
            List<OutboxTable.NewRow> rows =
                    items.stream().map(item -> row(type, item)).toList();
            return table.insert(transaction, rows)
                    .replaceWith(rows.stream().map(OutboxTable.NewRow::jobId).toList());
        });
    }

    private <P> OutboxTable.NewRow row(JobType<P> type, Item<P> item) {
        JobOptions options = item.options();
        if (options.timeout().isEmpty() && type.timeout().isPresent()) {
            // The relay may belong to a release that does not know the type.
            options = options.withTimeout(type.timeout().get());
        }
        options.timing().checkAgainst(clock.instant());
        String jobId = options.id().orElseGet(() -> UUID.randomUUID().toString());
        String payload = payloads.encode(type, item.payload());
        // Refuses what the queue would: in a queue with partitions, an id and a group or a uniqueness key.
        queue.partitionOf(NewJob.of(type, payload, options.withId(jobId)));
        return new OutboxTable.NewRow(
                jobId,
                type.name(),
                type.queue(),
                payload,
                type.version(),
                optionsCodec.write(options),
                item.orderingKey().orElse(null));
    }
}
