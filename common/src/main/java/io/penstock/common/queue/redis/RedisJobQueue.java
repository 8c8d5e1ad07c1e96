package io.penstock.common.queue.redis;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Producers' and operators' side of the queues. A plain job is one XADD, shared with others in a pipeline; a bulk of
 * plain jobs is one transaction per partition; explicit ids and delays go through one script per partition.
 */
public final class RedisJobQueue implements JobQueue {

    /** More records than this are not searched for a completed job. */
    private static final int COMPLETED_SEARCH = 1_000;

    /** Of an id that does not say where its job is. */
    static final JobId.Place NOWHERE = new JobId.Place("", 0, -1, "");

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final Duration deadline;
    /** By queue and partition: building the names of a partition's keys for each job would cost more than encoding it. */
    private final Map<String, List<Streams>> streams = new ConcurrentHashMap<>();

    private final Map<Streams, EnqueuePipeline> pipelines = new ConcurrentHashMap<>();
    private final AtomicInteger turn = new AtomicInteger();
    private final PlainBulks plainBulks;
    private final CrossPartitionForwarder forwarder;

    /** @param deadline how long a caller waits for Redis before it is told that the queue is unavailable */
    public RedisJobQueue(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.deadline = deadline;
        this.plainBulks = new PlainBulks(link, deadline);
        this.forwarder = new CrossPartitionForwarder(link, policies, deadline);
    }

    @Override
    public Uni<Enqueued> enqueue(NewJob job) {
        if (isPlain(job.options())) {
            return RedisResults.uni(() -> enqueuePlain(job));
        }
        return enqueueAll(List.of(job)).map(answers -> answers.get(0));
    }

    private static boolean isPlain(JobOptions options) {
        return options.id().isEmpty() && options.timing().isNow() && !needsAdmission(options);
    }

    private static boolean needsAdmission(JobOptions options) {
        return options.unique().isPresent() || options.labels().group().isPresent();
    }

    private Future<Enqueued> enqueuePlain(NewJob job) {
        QueuePolicy policy = policies.named(job.queue());
        Streams target = streams(policy, nextPartition(policy));
        int stream = streamOf(policy, job);
        return pipelines
                .computeIfAbsent(target, unused -> new EnqueuePipeline(link, target.key(0), deadline))
                .add(xadd(target.key(stream), job))
                .map(entry -> new Enqueued(JobId.plain(target, stream, entry), job.queue(), true));
    }

    private static Request xadd(String stream, NewJob job) {
        return Request.cmd(Command.XADD)
                .arg(stream)
                .arg("*")
                .arg("h")
                .arg(header(job, null))
                .arg("p")
                .arg(job.payload());
    }

    @Override
    public Uni<List<Enqueued>> enqueueAll(List<NewJob> jobs) {
        return RedisResults.uni(() -> {
            Enqueued[] answers = new Enqueued[jobs.size()];
            List<Future<?>> calls = new ArrayList<>();
            byPartition(jobs).forEach((unused, bulk) -> calls.add(bulk.run(answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    @Override
    public Uni<List<Enqueued>> enqueueOnce(List<NewJob> jobs, Duration memory) {
        return RedisResults.uni(() -> {
            Enqueued[] answers = new Enqueued[jobs.size()];
            List<Future<?>> calls = new ArrayList<>();
            byPartition(jobs).forEach((unused, bulk) -> calls.add(bulk.runOnce(memory, answers)));
            return RedisResults.all(calls).map(done -> List.of(answers));
        });
    }

    private Map<Streams, Bulk> byPartition(List<NewJob> jobs) {
        Map<Streams, Bulk> bulks = new LinkedHashMap<>();
        Map<String, Integer> partitionOfCall = new LinkedHashMap<>();
        for (int position = 0; position < jobs.size(); position++) {
            NewJob job = jobs.get(position);
            QueuePolicy policy = policies.named(job.queue());
            int partition = policy.partitionKey(job.options())
                    .map(name -> JobId.partitionOf(name, policy.partitions()))
                    .orElseGet(() -> partitionOfCall.computeIfAbsent(job.queue(), queue -> nextPartition(policy)));
            bulks.computeIfAbsent(streams(policy, partition), place -> new Bulk(policy, place))
                    .add(position, job);
        }
        return bulks;
    }

    /** Where a job of an explicit id belongs, always the same. */
    int partitionOf(NewJob job) {
        QueuePolicy policy = policies.named(job.queue());
        return policy.partitionKey(job.options())
                .map(name -> JobId.partitionOf(name, policy.partitions()))
                .orElseThrow();
    }

    /** How jobs of one partition are accepted in one step. */
    ScriptCall acceptanceOf(int partition, List<NewJob> jobs) {
        QueuePolicy policy = policies.named(jobs.get(0).queue());
        Bulk bulk = new Bulk(policy, streams(policy, partition));
        for (int position = 0; position < jobs.size(); position++) {
            bulk.add(position, jobs.get(position));
        }
        return bulk.call();
    }

    /** A script with what it takes. */
    record ScriptCall(LuaScript script, List<String> keys, List<Object> args) {}

    private Streams streams(QueuePolicy policy, int partition) {
        return streams.computeIfAbsent(policy.queue(), queue -> Streams.ofAllPartitions(policy))
                .get(partition);
    }

    private int nextPartition(QueuePolicy policy) {
        return policy.partitions() == 1 ? 0 : Math.floorMod(turn.getAndIncrement(), policy.partitions());
    }

    private static int streamOf(QueuePolicy policy, NewJob job) {
        return Streams.number(policy.laneOf(job.type()), job.options().priority());
    }

    private static String header(NewJob job, @Nullable String id) {
        return JobHeader.of(job, id, JobExtras.of(job)).encode();
    }

    /** The jobs of one call that belong to one partition: one script or one transaction, all or none. */
    private final class Bulk {

        private final QueuePolicy policy;
        private final Streams streams;
        private final List<NewJob> jobs = new ArrayList<>();
        private final List<Integer> positions = new ArrayList<>();
        private boolean needsAdmission;
        private boolean isPlain = true;

        Bulk(QueuePolicy policy, Streams streams) {
            this.policy = policy;
            this.streams = streams;
        }

        void add(int position, NewJob job) {
            jobs.add(job);
            positions.add(position);
            needsAdmission |= needsAdmission(job.options());
            isPlain &= isPlain(job.options());
        }

        Future<Void> run(@Nullable Enqueued[] answers) {
            return (needsAdmission ? admit() : isPlain ? enqueuePlainly() : enqueueByScript())
                    .onSuccess(enqueued -> tell(enqueued, answers))
                    .mapEmpty();
        }

        /** The script accepts all or tells which ids it remembers; those are answered here, and the rest is tried again. */
        Future<Void> runOnce(Duration memory, @Nullable Enqueued[] answers) {
            EnqueueCall call = enqueueCall();
            List<String> ids =
                    jobs.stream().map(job -> job.options().id().orElseThrow()).toList();
            return RememberedIds.call(link, streams, call.keys(), call.args(), ids, memory, deadline)
                    .compose(reply -> {
                        Set<Integer> remembered = RememberedIds.refused(reply);
                        if (remembered.isEmpty()) {
                            tell(call.answers(reply), answers);
                            return Future.succeededFuture();
                        }
                        Bulk rest = new Bulk(policy, streams);
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

        private void tell(List<Enqueued> enqueued, @Nullable Enqueued[] answers) {
            for (int i = 0; i < positions.size(); i++) {
                answers[positions.get(i)] = enqueued.get(i);
            }
        }

        ScriptCall call() {
            if (needsAdmission) {
                Partition partition = Partition.of(policy, streams);
                return new ScriptCall(Scripts.ACCEPT_JOBS, partition.keys(), placement(partition));
            }
            EnqueueCall call = enqueueCall();
            return new ScriptCall(Scripts.ENQUEUE_JOBS, call.keys(), call.args());
        }

        private EnqueueCall enqueueCall() {
            EnqueueCall call = new EnqueueCall(streams);
            jobs.forEach(job -> call.add(job, streamOf(policy, job)));
            return call;
        }

        private Future<List<Enqueued>> enqueuePlainly() {
            int[] stream = new int[jobs.size()];
            List<Request> xadds = new ArrayList<>(stream.length);
            for (int i = 0; i < stream.length; i++) {
                stream[i] = streamOf(policy, jobs.get(i));
                xadds.add(xadd(streams.key(stream[i]), jobs.get(i)));
            }
            return plainBulks
                    .add(streams.key(0), xadds)
                    .map(entries -> entries.map(ids -> {
                        List<Enqueued> answers = new ArrayList<>(stream.length);
                        for (int i = 0; i < stream.length; i++) {
                            String id =
                                    JobId.plain(streams, stream[i], ids.get(i).toString());
                            answers.add(new Enqueued(id, policy.queue(), true));
                        }
                        return answers;
                    }))
                    .orElseGet(this::enqueueByScript);
        }

        private Future<List<Enqueued>> enqueueByScript() {
            EnqueueCall call = enqueueCall();
            return link.run(Scripts.ENQUEUE_JOBS, call.keys(), call.args(), deadline)
                    .map(call::answers);
        }

        private Future<List<Enqueued>> admit() {
            Partition partition = Partition.of(policy, streams);
            return link.run(Scripts.ACCEPT_JOBS, partition.keys(), placement(partition), deadline)
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

    /** The call of enqueue-jobs. */
    private static final class EnqueueCall {

        private final Streams streams;
        private final List<String> keys = new ArrayList<>();
        private final List<Object> args = new ArrayList<>();
        private final List<Function<String, Enqueued>> readers = new ArrayList<>();

        EnqueueCall(Streams streams) {
            this.streams = streams;
            keys.add(RedisKeys.jobs(streams.queue(), streams.partition()));
            keys.add(RedisKeys.scheduled(streams.queue(), streams.partition()));
            keys.add(RedisKeys.dead(streams.queue(), streams.partition()));
        }

        void add(NewJob job, int stream) {
            JobOptions options = job.options();
            boolean now = options.timing().isNow();
            String id = options.id().orElseGet(() -> now ? "" : JobId.random(streams.queue(), streams.partition()));
            args.add(id);
            args.add(positionOf(streams.key(stream)));
            args.add(stream);
            args.add(options.timing()
                    .startAt()
                    .map(time -> "@" + time.toEpochMilli())
                    .orElseGet(() -> Long.toString(options.delay().toMillis())));
            args.add(header(job, id.isEmpty() ? null : id));
            args.add(job.payload());
            readers.add(answer -> new Enqueued(
                    id.isEmpty() ? JobId.plain(streams, stream, answer) : id, job.queue(), !answer.equals("=")));
        }

        private int positionOf(String key) {
            int index = keys.indexOf(key);
            if (index < 0) {
                keys.add(key);
                index = keys.size() - 1;
            }
            return index + 1;
        }

        List<String> keys() {
            return keys;
        }

        List<Object> args() {
            return args;
        }

        List<Enqueued> answers(Response reply) {
            List<Enqueued> answers = new ArrayList<>(readers.size());
            for (int i = 0; i < readers.size(); i++) {
                answers.add(readers.get(i).apply(reply.get(i).toString()));
            }
            return answers;
        }
    }

    @Override
    public Uni<List<Enqueued>> enqueueFamily(Family family) {
        return RedisResults.uni(() -> {
            checkFamily(family);
            JobPlacement parent = JobPlacement.of(policies, family.parent(), null);
            String place = parent.queue() + "," + parent.partition() + "," + parent.id();
            List<JobPlacement> children = family.children().stream()
                    .map(child -> JobPlacement.of(policies, child, place))
                    .toList();
            Partition partition = Partition.of(parent.policy(), streams(parent.policy(), parent.partition()));
            List<Object> args = partition.args(
                    "",
                    parent.id(),
                    parent.stream(),
                    family.onChildFailure().name().toLowerCase(Locale.ROOT),
                    parent.header(),
                    parent.job().payload());
            children.forEach(child -> args.addAll(child.argsFrom(parent.queue(), parent.partition())));
            return link.run(Scripts.ADOPT_CHILDREN, partition.keys(), args, deadline)
                    .onSuccess(reply -> forwarder.forwardNow(parent.policy(), parent.partition()))
                    .map(reply -> answers(parent, children, reply.toInteger() == 1));
        });
    }

    private static List<Enqueued> answers(JobPlacement parent, List<JobPlacement> children, boolean added) {
        List<Enqueued> answers = new ArrayList<>();
        answers.add(new Enqueued(parent.id(), parent.queue(), added));
        if (added) {
            children.forEach(child -> answers.add(new Enqueued(child.id(), child.queue(), true)));
        }
        return answers;
    }

    private static void checkFamily(Family family) {
        JobOptions parent = family.parent().options();
        if (!parent.timing().isNow() || parent.unique().isPresent()) {
            throw new InvalidJobException("parent", "cannot have a delay or a uniqueness key");
        }
        if (family.children().isEmpty()) {
            throw new InvalidJobException("children", "must not be empty");
        }
        for (int i = 0; i < family.children().size(); i++) {
            JobOptions child = family.children().get(i).options();
            if (child.id().isPresent() || child.unique().isPresent()) {
                throw new InvalidJobException("children[" + i + "]", "cannot have an id or a uniqueness key");
            }
        }
    }

    @Override
    public Uni<Optional<JobView>> find(String jobId) {
        return RedisResults.uni(() -> {
            Optional<JobId.Place> place = JobId.place(jobId);
            if (place.isEmpty()) {
                return findAnywhere(jobId);
            }
            JobId.Place at = place.get();
            Optional<QueuePolicy> policy = policies.find(at.queue());
            boolean exists = policy.isPresent()
                    && at.partition() < policy.get().partitions()
                    && at.stream()
                            < streams(policy.get(), at.partition()).keys().size();
            return exists ? findIn(policy.get(), at.partition(), jobId, at) : Future.succeededFuture(Optional.empty());
        });
    }

    /** An explicit id does not tell its queue. There are few queues, so all are asked at once. */
    private Future<Optional<JobView>> findAnywhere(String jobId) {
        List<Future<Optional<JobView>>> calls = new ArrayList<>();
        for (QueuePolicy policy : policies.all()) {
            calls.add(findIn(policy, JobId.partitionOf(jobId, policy.partitions()), jobId, NOWHERE));
        }
        return Future.all(calls).map(done -> calls.stream()
                .map(Future::result)
                .flatMap(Optional::stream)
                .findFirst());
    }

    private Future<Optional<JobView>> findIn(QueuePolicy policy, int partition, String jobId, JobId.Place place) {
        return look(link, streams(policy, partition), jobId, place, deadline)
                .compose(reply -> reply.size() > 0
                        ? Future.succeededFuture(Optional.of(liveView(policy, jobId, reply)))
                        : findCompleted(policy, partition, jobId));
    }

    /** Asks one partition for a job that has not completed; what comes back is told by find-job. */
    static Future<Response> look(
            RedisRouter link, Streams streams, String jobId, JobId.Place place, Duration deadline) {
        String queue = streams.queue();
        int partition = streams.partition();
        List<String> keys = streams.keysAfter(
                RedisKeys.jobs(queue, partition),
                RedisKeys.scheduled(queue, partition),
                RedisKeys.dead(queue, partition));
        keys.add(RedisKeys.cancels(queue, partition));
        List<Object> args = List.of(Scripts.GROUP, jobId, place.stream() < 0 ? "" : place.stream(), place.entry());
        return link.run(Scripts.FIND_JOB, keys, args, deadline);
    }

    private static JobView liveView(QueuePolicy policy, String jobId, Response reply) {
        String state = reply.get(0).toString();
        JobHeader header = JobHeader.parse(reply.get(2).toString());
        String at = reply.get(5).toString();
        Instant time = at.isEmpty() ? null : Instant.ofEpochMilli((long) Double.parseDouble(at));
        String entry = reply.get(6).toString();
        String reason = Reason.fromLine(reply.get(4).toString());
        String worker = reply.get(7).toString();
        boolean active = state.equals("a");
        boolean dead = state.equals("d");
        int failed = header.failedAttempts();
        Instant enqueuedAt = enqueuedAt(header, entry);
        return new JobView(
                jobId,
                header.type(),
                policy.queue(),
                stateOf(state),
                Streams.priority(reply.get(1).toInteger()),
                active ? failed + 1 : failed,
                header.maxAttempts() > 0 ? header.maxAttempts() : policy.attempts(),
                header.stalls(),
                reply.get(3).toString(),
                enqueuedAt,
                dead ? null : time,
                null,
                dead ? time : null,
                reason.isEmpty() ? null : reason,
                null,
                worker.isEmpty() ? null : worker,
                header.extras().labels(),
                enqueuedAt == null ? null : header.extras().expiryOf(enqueuedAt),
                reply.get(8).toString(),
                cancellation(reply.get(9).toString()));
    }

    private static @Nullable Cancellation cancellation(String requestedAtMs) {
        return requestedAtMs.isEmpty()
                ? null
                : new Cancellation(Instant.ofEpochMilli(Long.parseLong(requestedAtMs)), Cancellation.Status.REQUESTED);
    }

    static JobState stateOf(String letter) {
        return switch (letter) {
            case "s", "h" -> JobState.SCHEDULED;
            case "f" -> JobState.RETRYING;
            case "d" -> JobState.DEAD;
            case "w", "g" -> JobState.WAITING;
            case "p" -> JobState.AWAITING_CHILDREN;
            case "a" -> JobState.ACTIVE;
            case "k" -> JobState.CANCELLED;
            default -> throw new UnreadableJobException("job record of an unknown state '" + letter + "'");
        };
    }

    static @Nullable Instant enqueuedAt(JobHeader header, String entry) {
        if (header.enqueuedAtMs() > 0) {
            return Instant.ofEpochMilli(header.enqueuedAtMs());
        }
        return entry.isEmpty() ? null : Entries.timeOf(entry);
    }

    private Future<Optional<JobView>> findCompleted(QueuePolicy policy, int partition, String jobId) {
        if (policy.keepCompleted() == 0) {
            return Future.succeededFuture(Optional.empty());
        }
        String completed = RedisKeys.completed(policy.queue(), partition);
        Request newestFirst = Request.cmd(Command.XREVRANGE)
                .arg(completed)
                .arg("+")
                .arg("-")
                .arg("COUNT")
                .arg(COMPLETED_SEARCH);
        return link.send(completed, newestFirst, deadline).map(reply -> {
            for (Response entry : reply) {
                for (String line : entry.get(1).get(3).toString().lines().toList()) {
                    Optional<JobView> found = CompletedRecord.decodeIf(jobId, policy.queue(), line);
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
            return Optional.empty();
        });
    }

    @Override
    public Uni<QueueStatus> status(String queue) {
        return RedisResults.uni(() -> {
            QueuePolicy policy = policies.named(queue);
            List<Future<QueueStatus>> calls = new ArrayList<>();
            for (int partition = 0; partition < policy.partitions(); partition++) {
                calls.add(statusOf(policy, partition));
            }
            return Future.all(calls).map(done -> calls.stream()
                    .map(Future::result)
                    .reduce(RedisJobQueue::sum)
                    .orElseThrow());
        });
    }

    private Future<QueueStatus> statusOf(QueuePolicy policy, int partition) {
        List<String> keys = streams(policy, partition)
                .keysAfter(
                        RedisKeys.meta(policy.queue(), partition),
                        RedisKeys.scheduled(policy.queue(), partition),
                        RedisKeys.dead(policy.queue(), partition),
                        RedisKeys.backlog(policy.queue(), partition));
        return link.run(Scripts.QUEUE_STATUS, keys, List.of(Scripts.GROUP), deadline)
                .map(reply -> new QueueStatus(
                        policy.queue(),
                        reply.get(0).toLong(),
                        reply.get(1).toLong(),
                        reply.get(2).toLong(),
                        reply.get(3).toLong(),
                        reply.get(4).toLong(),
                        reply.get(5).toLong(),
                        reply.get(8).toLong(),
                        reply.get(9).toLong(),
                        reply.get(10).toLong(),
                        reply.get(11).toLong(),
                        reply.get(6).toLong(),
                        reply.get(7).toInteger() == 1));
    }

    private static QueueStatus sum(QueueStatus a, QueueStatus b) {
        return new QueueStatus(
                a.queue(),
                a.waiting() + b.waiting(),
                a.active() + b.active(),
                a.scheduled() + b.scheduled(),
                a.completed() + b.completed(),
                a.failed() + b.failed(),
                a.dead() + b.dead(),
                a.expired() + b.expired(),
                a.cancelled() + b.cancelled(),
                a.blockedByGroup() + b.blockedByGroup(),
                a.awaitingChildren() + b.awaitingChildren(),
                Math.max(a.oldestWaitMs(), b.oldestWaitMs()),
                a.paused() || b.paused());
    }

    @Override
    public Uni<Void> pause(String queue) {
        return onEachPartition(queue, Scripts.PAUSE_QUEUE);
    }

    @Override
    public Uni<Void> resume(String queue) {
        return onEachPartition(queue, Scripts.RESUME_QUEUE);
    }

    /** Runs a script that moves the read positions, after making sure that the groups exist. */
    private Uni<Void> onEachPartition(String queue, LuaScript script) {
        return RedisResults.uni(() -> {
            QueuePolicy policy = policies.named(queue);
            List<Future<?>> calls = new ArrayList<>();
            for (int partition = 0; partition < policy.partitions(); partition++) {
                List<String> keys = streams(policy, partition).keysAfter(RedisKeys.meta(queue, partition));
                List<String> args = List.of(Scripts.GROUP);
                calls.add(link.run(Scripts.OPEN_STREAMS, keys, args, deadline)
                        .compose(opened -> link.run(script, keys, args, deadline)));
            }
            return Future.all(calls).mapEmpty();
        });
    }
}
