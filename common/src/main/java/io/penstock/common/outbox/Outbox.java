package io.penstock.common.outbox;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.IdempotencyKey;
import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.IdempotentEnqueue;
import io.penstock.common.queue.JobOptionsCodec;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.trace.TraceParent;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.SqlConnection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
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
     * @param idempotencyKey makes the job safe to repeat in a later transaction, also when it has ended
     */
    public record Item<P>(
            P payload, JobOptions options, Optional<String> orderingKey, Optional<IdempotencyKey> idempotencyKey) {

        public Item {
            orderingKey.ifPresent(key -> {
                if (key.isEmpty() || key.length() > MAX_ORDERING_KEY || key.indexOf('\0') >= 0) {
                    throw new InvalidJobException(
                            "orderingKey", "must be 1 to " + MAX_ORDERING_KEY + " characters without NUL");
                }
            });
        }

        public static <P> Item<P> of(P payload, JobOptions options) {
            return new Item<>(payload, options, Optional.empty(), Optional.empty());
        }

        /** The same under an ordering key. */
        public Item<P> inOrderOf(String key) {
            return new Item<>(payload, options, Optional.of(key), idempotencyKey);
        }

        /** The same under an idempotency key, whose scope is left out: all callers are of this deployment. */
        public Item<P> withIdempotencyKey(String key) {
            return new Item<>(payload, options, orderingKey, Optional.of(IdempotencyKey.of(key)));
        }
    }

    private final OutboxTable table;
    private final PayloadCodec payloads;
    private final JobOptionsCodec optionsCodec;
    private final IdempotentEnqueue queue;
    private final InstantSource clock = InstantSource.system();

    @Inject
    public Outbox(OutboxTable table, IdempotentEnqueue queue, PayloadCodec payloads, JobOptionsCodec optionsCodec) {
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

    /**
     * Enqueues many jobs with one statement, in the order given. Answers with their ids in this order; an item whose
     * idempotency key is known adds nothing and has the id of the first call.
     *
     * <p>Fails with {@link IdempotencyKeyReusedException} where a key stands for another request.
     */
    public <P> Uni<List<String>> enqueueAll(SqlConnection transaction, JobType<P> type, List<Item<P>> items) {
        return Uni.createFrom().deferred(() -> {
            if (items.isEmpty()) {
                return Uni.createFrom().item(List.of());
            }
            List<OutboxTable.NewRow> rows =
                    items.stream().map(item -> row(type, item)).toList();
            List<OutboxTable.NewKey> keys = keys(type, items, rows);
            return table.bindKeys(transaction, keys).chain(bound -> {
                if (keys.stream().anyMatch(key -> !key.fingerprint()
                        .equals(Objects.requireNonNull(bound.get(key.key())).fingerprint()))) {
                    throw new IdempotencyKeyReusedException();
                }
                List<OutboxTable.NewRow> added = new ArrayList<>(rows.size());
                List<String> ids = new ArrayList<>(rows.size());
                for (int i = 0; i < rows.size(); i++) {
                    OutboxTable.BoundKey known = items.get(i)
                            .idempotencyKey()
                            .map(key -> bound.get(key.value()))
                            .orElse(null);
                    if (known == null || known.added()) {
                        added.add(rows.get(i));
                    }
                    ids.add(known == null ? rows.get(i).jobId() : known.jobId());
                }
                return added.isEmpty()
                        ? Uni.createFrom().item(ids)
                        : table.insert(transaction, added).replaceWith(ids);
            });
        });
    }

    private <P> List<OutboxTable.NewKey> keys(JobType<P> type, List<Item<P>> items, List<OutboxTable.NewRow> rows) {
        Map<String, OutboxTable.NewKey> keys = new LinkedHashMap<>();
        for (int i = 0; i < items.size(); i++) {
            Item<P> item = items.get(i);
            String jobId = rows.get(i).jobId();
            item.idempotencyKey().ifPresent(key -> {
                if (keys.put(key.value(), new OutboxTable.NewKey(key.value(), fingerprint(type, item, key), jobId))
                        != null) {
                    throw new InvalidJobException(IdempotencyKey.FIELD, "must not be given twice in one call");
                }
            });
        }
        return List.copyOf(keys.values());
    }

    private <P> String fingerprint(JobType<P> type, Item<P> item, IdempotencyKey key) {
        List<String> asked = new ArrayList<>(payloads.request(type, item.payload(), item.options()));
        asked.add(item.orderingKey().orElse(""));
        asked.add(key.value());
        return IdempotencyKey.digest(asked);
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
        NewJob job = NewJob.of(type, payload, type.gather().isPresent() ? options : options.withId(jobId));
        queue.partitionOf(job);
        return new OutboxTable.NewRow(
                jobId,
                type.name(),
                type.queue(),
                payload,
                type.version(),
                optionsCodec.write(options),
                item.orderingKey().orElse(null),
                TraceParent.current());
    }
}
