package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The jobs of one call that belong to one partition: one script or one transaction, all or none. */
final class PartitionBulk {

    private final BulkEnqueuer enqueuer;
    private final QueuePolicy policy;
    private final Streams streams;
    private final @Nullable IdempotencyBinding binding;
    private final List<NewJob> jobs = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private boolean needsAcceptance;
    private boolean isPlain = true;

    /** @param binding of a call with an idempotency key; null: without one */
    PartitionBulk(BulkEnqueuer enqueuer, QueuePolicy policy, Streams streams, @Nullable IdempotencyBinding binding) {
        this.binding = binding;
        this.enqueuer = enqueuer;
        this.policy = policy;
        this.streams = streams;
    }

    void add(int position, NewJob job) {
        jobs.add(job);
        positions.add(position);
        needsAcceptance |= PlainEnqueuer.needsAcceptance(job);
        isPlain &= PlainEnqueuer.isPlain(job);
    }

    Future<Void> run(@Nullable Enqueued[] answers) {
        return (needsAcceptance ? accept() : isPlain ? enqueuePlainly() : enqueueByScript())
                .onSuccess(enqueued -> fill(enqueued, answers))
                .mapEmpty();
    }

    /** The script accepts all or tells which ids it remembers; those are answered here, and the rest is tried again. */
    Future<Void> runOnce(Duration retention, @Nullable Enqueued[] answers) {
        EnqueueOnce once =
                new EnqueueOnce(RedisKeys.remembered(streams.queue(), streams.partition()), 0, retention, null);
        EnqueueJobsCall call = enqueueCall();
        List<String> ids =
                jobs.stream().map(job -> job.options().id().orElseThrow()).toList();
        return once.run(enqueuer.link(), ids, call.scriptCall(), enqueuer.deadline())
                .compose(reply -> {
                    if (reply.accepted() != null) {
                        fill(call.answers(reply.accepted()), answers);
                        return Future.succeededFuture();
                    }
                    PartitionBulk rest = new PartitionBulk(enqueuer, policy, streams, null);
                    for (int i = 0; i < ids.size(); i++) {
                        if (reply.repeated().contains(i)) {
                            answers[positions.get(i)] = new Enqueued(ids.get(i), policy.queue(), false);
                        } else {
                            rest.add(positions.get(i), jobs.get(i));
                        }
                    }
                    return rest.jobs.isEmpty() ? Future.succeededFuture() : rest.runOnce(retention, answers);
                });
    }

    /** Accepts this partition's part of a call with an idempotency key, unless it did before. */
    Future<Void> runOnce(IdempotencyBinding call, Duration retention, @Nullable Enqueued[] answers) {
        EnqueueJobsCall plain = enqueueCall();
        return call.once(streams.queue(), streams.partition(), retention)
                .run(enqueuer.link(), List.of(call.nonce()), call(), enqueuer.deadline())
                .map(reply -> {
                    if (reply.accepted() == null) {
                        return repeated(reply.kept());
                    }
                    return needsAcceptance ? accepted(reply.accepted()) : plain.answers(reply.accepted());
                })
                .onSuccess(enqueued -> fill(enqueued, answers))
                .mapEmpty();
    }

    /** @param kept as accept-jobs answered, where something was not added as asked */
    private List<Enqueued> repeated(List<String> kept) {
        List<Enqueued> answers = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            String id = needsAcceptance && !kept.isEmpty() ? kept.get(2 * i + 1) : Objects.requireNonNull(idOf(i));
            answers.add(new Enqueued(id, policy.queue(), false));
        }
        return answers;
    }

    /** The id the job has before Redis is asked; null: none. */
    private @Nullable String idOf(int index) {
        JobOptions options = jobs.get(index).options();
        return options.id()
                .orElseGet(() -> binding == null
                        ? null
                        : binding.jobId(streams.queue(), streams.partition(), positions.get(index)));
    }

    private void fill(List<Enqueued> enqueued, @Nullable Enqueued[] answers) {
        for (int i = 0; i < positions.size(); i++) {
            answers[positions.get(i)] = enqueued.get(i);
        }
    }

    ScriptCall call() {
        if (needsAcceptance) {
            Partition partition = Partition.of(policy, streams);
            return new ScriptCall(Scripts.ACCEPT_JOBS, partition.keys(), placement(partition));
        }
        return enqueueCall().scriptCall();
    }

    private EnqueueJobsCall enqueueCall() {
        EnqueueJobsCall call = new EnqueueJobsCall(streams);
        for (int i = 0; i < jobs.size(); i++) {
            call.add(jobs.get(i), PlainEnqueuer.streamOf(policy, jobs.get(i)), idOf(i));
        }
        return call;
    }

    private Future<List<Enqueued>> enqueuePlainly() {
        int[] stream = new int[jobs.size()];
        List<Request> xadds = new ArrayList<>(stream.length);
        for (int i = 0; i < stream.length; i++) {
            stream[i] = PlainEnqueuer.streamOf(policy, jobs.get(i));
            xadds.add(PlainEnqueuer.xadd(streams.key(stream[i]), jobs.get(i)));
        }
        return enqueuer.plainBulks()
                .add(streams.key(0), xadds)
                .map(entries -> entries.map(ids -> {
                    List<Enqueued> answers = new ArrayList<>(stream.length);
                    for (int i = 0; i < stream.length; i++) {
                        String id = JobId.plain(streams, stream[i], ids.get(i).toString());
                        answers.add(new Enqueued(id, policy.queue(), true));
                    }
                    return answers;
                }))
                .orElseGet(this::enqueueByScript);
    }

    private Future<List<Enqueued>> enqueueByScript() {
        EnqueueJobsCall call = enqueueCall();
        ScriptCall script = call.scriptCall();
        return enqueuer.link()
                .run(script.script(), script.keys(), script.args(), enqueuer.deadline())
                .map(call::answers);
    }

    private Future<List<Enqueued>> accept() {
        Partition partition = Partition.of(policy, streams);
        return enqueuer.link()
                .run(Scripts.ACCEPT_JOBS, partition.keys(), placement(partition), enqueuer.deadline())
                .map(this::accepted);
    }

    private List<Enqueued> accepted(Response reply) {
        List<Enqueued> answers = new ArrayList<>(jobs.size());
        for (int i = 0; i < jobs.size(); i++) {
            boolean added = !reply.get(2 * i).toString().equals("=");
            answers.add(new Enqueued(reply.get(2 * i + 1).toString(), policy.queue(), added));
        }
        return answers;
    }

    private List<Object> placement(Partition partition) {
        List<Object> args = partition.args("");
        for (int i = 0; i < jobs.size(); i++) {
            String own = idOf(i);
            String id = own == null ? JobId.random(streams.queue(), streams.partition()) : own;
            NewJob job = jobs.get(i);
            args.addAll(Gathering.of(policy, job)
                    .map(item -> item.args(id))
                    .orElseGet(() -> new JobPlacement(policy, streams.partition(), id, job, null, List.of()).args()));
        }
        return args;
    }
}
