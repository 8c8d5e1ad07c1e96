package io.penstock.common.queue.redis;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobStatuses;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * One HMGET for all ids of a partition, and one search of its retained records where some of them are gone. A job with an
 * explicit id has a record from its enqueue to its completion, and a dead one keeps it.
 */
@ApplicationScoped
class RedisJobStatuses implements JobStatuses {

    /** Dead jobs are rare, and asked for one by one. */
    private static final int LOOK_UPS_AT_ONCE = 16;

    /** The letter of a record after its version. */
    private static final char DEAD = 'd';

    private static final char READY = 'r';

    /** A job that became ready later than this is taken at its record's word. */
    private static final Duration SETTLED = Duration.ofMinutes(1);

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final JobQueue queue;
    private final RetainedRecords retained;
    private final Duration deadline;

    @Inject
    RedisJobStatuses(
            RedisRouter link,
            QueuePolicies policies,
            JobQueue queue,
            @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.queue = queue;
        this.retained = new RetainedRecords(link, deadline);
        this.deadline = deadline;
    }

    /** What one look at the records has shown. */
    private record Look(Set<String> live, Set<String> dead, Map<String, JobView> completed) {

        Look() {
            this(new HashSet<>(), new HashSet<>(), new HashMap<>());
        }
    }

    @Override
    public Uni<Statuses> of(String queueName, Collection<String> jobIds) {
        if (jobIds.isEmpty() || policies.find(queueName).isEmpty()) {
            return Uni.createFrom().item(new Statuses(Set.of(), Map.of()));
        }
        QueuePolicy policy = policies.named(queueName);
        return RedisResults.uni(() -> look(policy, jobIds)).chain(look -> withDead(look));
    }

    private Future<Look> look(QueuePolicy policy, Collection<String> jobIds) {
        Map<Integer, List<String>> byPartition = new TreeMap<>();
        for (String id : Set.copyOf(jobIds)) {
            byPartition
                    .computeIfAbsent(JobId.partitionOf(id, policy.partitions()), partition -> new ArrayList<>())
                    .add(id);
        }
        Look look = new Look();
        List<Future<?>> calls = new ArrayList<>();
        byPartition.forEach((partition, ids) -> calls.add(look(policy, partition, ids, look)));
        return Future.all(calls).map(done -> look);
    }

    private Future<Void> look(QueuePolicy policy, int partition, List<String> ids, Look into) {
        String key = RedisKeys.jobs(policy.queue(), partition);
        Request records = Request.cmd(Command.HMGET).arg(key);
        ids.forEach(records::arg);
        return link.send(key, records, deadline).compose(reply -> {
            Set<String> gone = new HashSet<>();
            Map<String, String> ready = new HashMap<>();
            for (int i = 0; i < ids.size(); i++) {
                Response record = reply.get(i);
                Set<String> sort = record == null ? gone : record.toString().charAt(1) == DEAD ? into.dead : into.live;
                sort.add(ids.get(i));
                if (record != null && record.toString().charAt(1) == READY) {
                    ready.put(ids.get(i), record.toString());
                }
            }
            return withoutEntry(policy, partition, ready).compose(lost -> {
                into.live.removeAll(lost);
                gone.addAll(lost);
                return retained.find(policy, partition, gone).map(found -> {
                    into.completed.putAll(found);
                    return null;
                });
            });
        });
    }

    /**
     * Those whose record says that they are ready or run, while the stream has no such entry, now and a moment later: a job
     * on its way from one place to another has another record then. Only entries of some age are looked for.
     */
    private Future<Set<String>> withoutEntry(QueuePolicy policy, int partition, Map<String, String> records) {
        Streams streams = Streams.of(policy, partition);
        Map<String, String> suspects = new ConcurrentHashMap<>();
        List<Future<?>> calls = new ArrayList<>();
        records.forEach((id, record) -> {
            String[] parts = record.split(";", 3);
            int number = Integer.parseInt(parts[1]);
            if (number < streams.keys().size()
                    && Entries.timeOf(parts[2]).isBefore(Instant.now().minus(SETTLED))) {
                String stream = streams.key(number);
                Request look =
                        Request.cmd(Command.XRANGE).arg(stream).arg(parts[2]).arg(parts[2]);
                calls.add(link.send(stream, look, deadline).onSuccess(entry -> {
                    if (entry.size() == 0) {
                        suspects.put(id, record);
                    }
                }));
            }
        });
        return calls.isEmpty()
                ? Future.succeededFuture(Set.of())
                : Future.all(calls).compose(done -> unchanged(policy, partition, suspects));
    }

    private Future<Set<String>> unchanged(QueuePolicy policy, int partition, Map<String, String> records) {
        if (records.isEmpty()) {
            return Future.succeededFuture(Set.of());
        }
        String key = RedisKeys.jobs(policy.queue(), partition);
        List<String> ids = List.copyOf(records.keySet());
        Request again = Request.cmd(Command.HMGET).arg(key);
        ids.forEach(again::arg);
        return link.send(key, again, deadline).map(reply -> {
            Set<String> same = new HashSet<>();
            for (int i = 0; i < ids.size(); i++) {
                Response record = reply.get(i);
                if (record == null || record.toString().equals(records.get(ids.get(i)))) {
                    same.add(ids.get(i));
                }
            }
            return same;
        });
    }

    private Uni<Statuses> withDead(Look look) {
        return Multi.createFrom()
                .iterable(look.dead)
                .onItem()
                // One that cannot be read is known to be dead and nothing else.
                .transformToUni(id ->
                        queue.find(id).onFailure(UnreadableJobException.class).recoverWithItem(Optional.empty()))
                .merge(LOOK_UPS_AT_ONCE)
                .collect()
                .asList()
                .map(dead -> {
                    Map<String, JobView> ended = new HashMap<>(look.completed);
                    dead.forEach(found -> found.ifPresent(job -> ended.put(job.id(), job)));
                    return new Statuses(Set.copyOf(look.live), Map.copyOf(ended));
                });
    }
}
