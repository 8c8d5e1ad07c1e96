package io.penstock.common.queue.redis;

import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicy;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The jobs of one call that belong to one partition: one script or one transaction, all or none. */
final class PartitionBulk {

    private final BulkEnqueuer enqueuer;
    private final QueuePolicy policy;
    private final Streams streams;
    private final List<NewJob> jobs = new ArrayList<>();
    private final List<Integer> positions = new ArrayList<>();
    private boolean needsAcceptance;
    private boolean isPlain = true;

    PartitionBulk(BulkEnqueuer enqueuer, QueuePolicy policy, Streams streams) {
        this.enqueuer = enqueuer;
        this.policy = policy;
        this.streams = streams;
    }

    void add(int position, NewJob job) {
        jobs.add(job);
        positions.add(position);
        needsAcceptance |= PlainEnqueuer.needsAcceptance(job.options());
        isPlain &= PlainEnqueuer.isPlain(job.options());
    }

    Future<Void> run(@Nullable Enqueued[] answers) {
        return (needsAcceptance ? accept() : isPlain ? enqueuePlainly() : enqueueByScript())
                .onSuccess(enqueued -> fill(enqueued, answers))
                .mapEmpty();
    }

    /** The script accepts all or tells which ids it remembers; those are answered here, and the rest is tried again. */
    Future<Void> runOnce(Duration memory, @Nullable Enqueued[] answers) {
        EnqueueJobsCall call = enqueueCall();
        List<String> ids =
                jobs.stream().map(job -> job.options().id().orElseThrow()).toList();
        return RememberedIds.call(enqueuer.link(), streams, call.keys(), call.args(), ids, memory, enqueuer.deadline())
                .compose(reply -> {
                    Set<Integer> remembered = RememberedIds.refused(reply);
                    if (remembered.isEmpty()) {
                        fill(call.answers(reply), answers);
                        return Future.succeededFuture();
                    }
                    PartitionBulk rest = new PartitionBulk(enqueuer, policy, streams);
                    for (int i = 0; i < ids.size(); i++) {
                        if (remembered.contains(i)) {
                            answers[positions.get(i)] = new Enqueued(ids.get(i), policy.queue(), false);
                        } else {
                            rest.add(positions.get(i), jobs.get(i));
                        }
                    }
                    return rest.jobs.isEmpty() ? Future.succeededFuture() : rest.runOnce(memory, answers);
                });
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
        EnqueueJobsCall call = enqueueCall();
        return new ScriptCall(Scripts.ENQUEUE_JOBS, call.keys(), call.args());
    }

    private EnqueueJobsCall enqueueCall() {
        EnqueueJobsCall call = new EnqueueJobsCall(streams);
        jobs.forEach(job -> call.add(job, PlainEnqueuer.streamOf(policy, job)));
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
        return enqueuer.link()
                .run(Scripts.ENQUEUE_JOBS, call.keys(), call.args(), enqueuer.deadline())
                .map(call::answers);
    }

    private Future<List<Enqueued>> accept() {
        Partition partition = Partition.of(policy, streams);
        return enqueuer.link()
                .run(Scripts.ACCEPT_JOBS, partition.keys(), placement(partition), enqueuer.deadline())
                .map(reply -> {
                    List<Enqueued> answers = new ArrayList<>(jobs.size());
                    for (int i = 0; i < jobs.size(); i++) {
                        boolean added = !reply.get(2 * i).toString().equals("=");
                        answers.add(new Enqueued(reply.get(2 * i + 1).toString(), policy.queue(), added));
                    }
                    return answers;
                });
    }

    private List<Object> placement(Partition partition) {
        List<Object> args = partition.args("");
        for (NewJob job : jobs) {
            String id = job.options().id().orElseGet(() -> JobId.random(streams.queue(), streams.partition()));
            args.addAll(new JobPlacement(policy, streams.partition(), id, job, null).args());
        }
        return args;
    }
}
