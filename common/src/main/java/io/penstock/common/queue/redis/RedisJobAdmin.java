package io.penstock.common.queue.redis;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobState;
import io.penstock.common.job.Uniqueness;
import io.penstock.common.queue.JobActionResult;
import io.penstock.common.queue.JobAdmin;
import io.penstock.common.queue.JobEdit;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.JobsPage;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/**
 * Operators' side of the jobs: one script for each operation, which looks at the job's state and acts on it in the same
 * step. What no partition holds has ended or never was; the queue's records tell which.
 */
public final class RedisJobAdmin implements JobAdmin {

    private static final Logger LOG = Logger.getLogger(RedisJobAdmin.class);

    /** Bounds how long one step of a drain or a purge holds Redis up, about a millisecond. */
    private static final int JOBS_AT_ONCE = 200;
    /** After so many steps a drain or a purge answers, so that no caller waits for a million jobs. */
    private static final int STEPS = 100;

    private static final long KEY_WINDOW_MS = Uniqueness.DEFAULT_WINDOW.toMillis();

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final JobQueue queue;
    private final Duration deadline;
    private final CrossPartitionForwarder forwarder;
    /** By queue. */
    private final Map<String, List<Partition>> partitions = new ConcurrentHashMap<>();

    /**
     * @param queue tells what has ended
     * @param deadline how long one step may take
     */
    public RedisJobAdmin(RedisRouter link, QueuePolicies policies, JobQueue queue, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.queue = queue;
        this.deadline = deadline;
        this.forwarder = new CrossPartitionForwarder(link, policies, deadline);
    }

    @Override
    public Uni<JobActionResult> cancel(String jobId, String why) {
        return act(jobId, Scripts.CANCEL_JOB, place -> place.args("", jobId, why));
    }

    @Override
    public Uni<JobActionResult> delete(String jobId) {
        return act(jobId, Scripts.DELETE_JOB, place -> place.args("", jobId));
    }

    @Override
    public Uni<JobActionResult> retry(String jobId, boolean afresh, Children children) {
        return act(
                jobId,
                Scripts.RETRY_JOB,
                place -> place.args("", afresh ? 1 : 0, KEY_WINDOW_MS, children.text(), jobId));
    }

    @Override
    public Uni<List<JobActionResult>> retryAll(
            String queueName, int partition, List<String> jobIds, boolean afresh, Children children) {
        Partition place = partition(policies.named(queueName), partition);
        List<Object> args = place.args("", afresh ? 1 : 0, KEY_WINDOW_MS, children.text());
        args.addAll(jobIds);
        return RedisResults.uni(() -> link.run(Scripts.RETRY_JOB, place.keys(), args, deadline))
                .invoke(done -> forwarder.forwardNow(place.policy(), partition))
                .chain(reply -> Multi.createFrom()
                        .range(0, jobIds.size())
                        .onItem()
                        .transformToUniAndConcatenate(i -> told(Scripts.RETRY_JOB, jobIds.get(i), reply, 2 * i))
                        .collect()
                        .asList());
    }

    @Override
    public Uni<JobActionResult> runNow(String jobId) {
        return act(jobId, Scripts.RUN_JOB_NOW, place -> place.args("", jobId));
    }

    @Override
    public Uni<JobActionResult> edit(String jobId, String version, JobEdit edit) {
        return partitionOf(jobId)
                .chain(place -> place.isEmpty()
                        ? ended(jobId)
                        : look(jobId, place.get())
                                .chain(found -> found.size() == 0
                                        ? ended(jobId)
                                        : run(
                                                jobId,
                                                Scripts.EDIT_JOB,
                                                place.get(),
                                                editArgs(jobId, version, edit, place.get(), found))));
    }

    private Uni<Response> look(String jobId, Partition place) {
        JobId.Place at = JobId.place(jobId).orElse(JobLookup.NOWHERE);
        return RedisResults.uni(() -> JobLookup.look(link, place.streams(), jobId, at, deadline));
    }

    private static List<Object> editArgs(String jobId, String version, JobEdit edit, Partition place, Response found) {
        int number = found.get(1).toInteger();
        JobHeader header = JobHeader.parse(found.get(2).toString());
        Instant enqueuedAt = JobLookup.enqueuedAt(header, found.get(6).toString());
        Optional<JobOptions> options = edit.options();
        options.ifPresent(given -> checkUnchangeable(jobId, header, given));
        JobHeader edited = header.edited(jobId, enqueuedAt == null ? 0 : enqueuedAt.toEpochMilli(), options);
        int newNumber = options.map(given -> Streams.number(place.policy().laneOf(header.type()), given.priority()))
                .orElse(number);
        return place.args(
                "",
                jobId,
                version,
                newNumber,
                (edit.payload().isPresent() ? edited.withPayloadVersion(edit.payloadVersion()) : edited).encode(),
                edit.payload().orElseGet(() -> found.get(3).toString()),
                edit.requeue() ? 1 : 0,
                options.map(given -> given.delay().toMillis()).orElse(0L),
                options.flatMap(given -> given.timing().startAt())
                        .map(Instant::toEpochMilli)
                        .orElse(0L),
                KEY_WINDOW_MS,
                edit.children().text());
    }

    /** Id, uniqueness key and group decided where the job lies. Naming them again as they are does no harm. */
    private static void checkUnchangeable(String jobId, JobHeader header, JobOptions options) {
        requireSame(options.id().isEmpty() || options.id().get().equals(jobId), "id");
        requireSame(
                options.unique().isEmpty()
                        || JobExtras.hash(options.unique().get())
                                .equals(header.extras().uniqueHash()),
                "unique");
        requireSame(
                options.labels().group().isEmpty()
                        || options.labels()
                                .group()
                                .equals(header.extras().labels().group()),
                "group");
    }

    private static void requireSame(boolean same, String field) {
        if (!same) {
            throw new InvalidJobException(field, "cannot be changed; delete the job and enqueue another");
        }
    }

    private interface Arguments {
        List<Object> at(Partition place);
    }

    private Uni<JobActionResult> act(String jobId, LuaScript script, Arguments arguments) {
        return partitionOf(jobId)
                .chain(place ->
                        place.isEmpty() ? ended(jobId) : run(jobId, script, place.get(), arguments.at(place.get())));
    }

    /** The partition that an id names; an explicit id names none, so it is looked for. */
    private Uni<Optional<Partition>> partitionOf(String jobId) {
        Optional<JobId.Place> named = JobId.place(jobId);
        if (named.isPresent()) {
            JobId.Place at = named.get();
            return Uni.createFrom()
                    .item(policies.find(at.queue())
                            .filter(policy -> at.partition() < policy.partitions())
                            .map(policy -> partition(policy, at.partition())));
        }
        return queue.find(jobId)
                .map(found -> found.map(view -> {
                    QueuePolicy policy = policies.named(view.queue());
                    return partition(policy, JobId.partitionOf(jobId, policy.partitions()));
                }));
    }

    private Partition partition(QueuePolicy policy, int number) {
        return partitions
                .computeIfAbsent(policy.queue(), name -> Streams.ofAllPartitions(policy).stream()
                        .map(streams -> Partition.of(policy, streams))
                        .toList())
                .get(number);
    }

    private Uni<JobActionResult> run(String jobId, LuaScript script, Partition place, List<Object> args) {
        // The last key is for those that have to forget what the job said.
        List<String> keys = place.keys(place.output(jobId));
        return RedisResults.uni(() -> link.run(script, keys, args, deadline))
                .invoke(done ->
                        forwarder.forwardNow(place.policy(), place.streams().partition()))
                .chain(reply -> told(script, jobId, reply, 0));
    }

    /** @param at where in the reply the answer about this job is */
    private Uni<JobActionResult> told(LuaScript script, String jobId, Response reply, int at) {
        String about = reply.get(at + 1).toString();
        return switch (reply.get(at).toInteger()) {
            case 1 -> done(JobLookup.stateOf(about));
            case 2 -> done(JobState.ACTIVE);
            case 0 -> ended(jobId);
            case -1 -> conflict(JobLookup.stateOf(about));
            case -2 -> conflict(JobState.DEAD, "job " + about + " has its uniqueness key meanwhile");
            case -3 -> conflict(JobState.DEAD, "it is no job: its stream entry could not be read");
            case -5 ->
                conflict(
                        JobState.DEAD,
                        "it is a parent, and its child " + about + " is gone and cannot complete;"
                                + " \"children\": \"ignore\" runs it without");
            case -4 -> conflict(JobLookup.stateOf(about), "it was changed since");
            default -> throw new IllegalStateException(script.name() + " answered " + reply);
        };
    }

    private static Uni<JobActionResult> done(JobState state) {
        return Uni.createFrom().item(new JobActionResult.Done(state));
    }

    private static Uni<JobActionResult> conflict(JobState state) {
        return conflict(state, "it is " + state.name().toLowerCase(java.util.Locale.ROOT));
    }

    private static Uni<JobActionResult> conflict(JobState state, String why) {
        return Uni.createFrom().item(new JobActionResult.Conflict(state, why));
    }

    private Uni<JobActionResult> ended(String jobId) {
        return queue.find(jobId).chain(found -> found.map(JobView::state)
                .map(RedisJobAdmin::conflict)
                .orElseGet(() -> Uni.createFrom().item(new JobActionResult.NotFound())));
    }

    @Override
    public Uni<Cleared> drain(String queueName, boolean delayedToo) {
        // Jobs that come in meanwhile are not meant: no more go than there are now.
        return queue.status(queueName)
                .chain(status -> RedisResults.uni(() -> inSteps(
                        policies.named(queueName),
                        status.waiting() + (delayedToo ? status.scheduled() : 0),
                        (place, most) -> drainStep(place, delayedToo, most))));
    }

    private Future<Integer> drainStep(Partition place, boolean delayedToo, int most) {
        List<Object> args =
                place.args("", most, delayedToo ? 1 : 0, place.streams().keys().size());
        return link.run(Scripts.DRAIN_QUEUE, place.keys(), args, deadline).map(Response::toInteger);
    }

    @Override
    public Uni<Cleared> purge(String queueName, Purge what) {
        return switch (what) {
            case DEAD ->
                queue.status(queueName)
                        .chain(status -> RedisResults.uni(
                                () -> inSteps(policies.named(queueName), status.dead(), this::purgeDead)));
            case RECORDS -> RedisResults.uni(() -> purgeRecords(policies.named(queueName)));
            case ALL ->
                drain(queueName, true)
                        .chain(drained -> purge(queueName, Purge.DEAD).map(dead -> sum(drained, dead)))
                        .chain(gone -> purge(queueName, Purge.RECORDS).map(records -> sum(gone, records)));
        };
    }

    private Future<Integer> purgeDead(Partition place, int most) {
        return link.run(Scripts.PURGE_ENDED, place.keys(), place.args("", "dead", most), deadline)
                .map(Response::toInteger);
    }

    private Future<Cleared> purgeRecords(QueuePolicy policy) {
        List<Future<Integer>> calls = new ArrayList<>();
        for (int number = 0; number < policy.partitions(); number++) {
            Partition place = partition(policy, number);
            calls.add(link.run(Scripts.PURGE_ENDED, place.keys(), place.args("", "records", 0), deadline)
                    .map(Response::toInteger));
        }
        return Future.all(calls)
                .map(done ->
                        new Cleared(calls.stream().mapToLong(Future::result).sum(), false));
    }

    private static Cleared sum(Cleared one, Cleared other) {
        return new Cleared(one.jobs() + other.jobs(), one.more() || other.more());
    }

    private interface Step {
        Future<Integer> take(Partition place, int most);
    }

    /** Partition by partition, step by step, until nothing is left, {@code most} are gone, or the call was long enough. */
    private Future<Cleared> inSteps(QueuePolicy policy, long most, Step step) {
        return nextStep(policy, 0, most, step, 0, STEPS);
    }

    private Future<Cleared> nextStep(QueuePolicy policy, int number, long left, Step step, long gone, int stepsLeft) {
        if (number == policy.partitions() || left <= 0) {
            return Future.succeededFuture(new Cleared(gone, false));
        }
        if (stepsLeft == 0) {
            return Future.succeededFuture(new Cleared(gone, true));
        }
        int most = (int) Math.min(left, JOBS_AT_ONCE);
        return step.take(partition(policy, number), most)
                .compose(taken -> nextStep(
                        policy, taken < most ? number + 1 : number, left - taken, step, gone + taken, stepsLeft - 1));
    }

    @Override
    public Uni<JobsPage> list(String queueName, int partition, JobsPage.Cursor from, int about) {
        Partition place = partition(policies.named(queueName), partition);
        List<Object> args = place.args("", from.section() < 0 ? "" : from.section(), from.at(), about);
        return RedisResults.uni(() -> link.run(Scripts.LIST_JOBS, place.keys(), args, deadline)
                .map(reply -> page(reply, from, place.streams().keys().size())));
    }

    private static JobsPage page(Response reply, JobsPage.Cursor from, int streams) {
        Response flat = reply.get(1);
        List<JobsPage.Row> jobs = new ArrayList<>(flat.size() / 6);
        for (int i = 0; i < flat.size(); i += 6) {
            try {
                jobs.add(row(flat, i));
            } catch (UnreadableJobException e) {
                // Of a newer version: nothing can be told of it here, and nothing is to be done to it.
                LOG.debugf("queue entry %s is passed over: %s", flat.get(i), e.getMessage());
            }
        }
        String at = reply.get(0).toString();
        if (!at.isEmpty()) {
            return new JobsPage(jobs, Optional.of(new JobsPage.Cursor(from.section(), at)));
        }
        int section = from.section() + 1;
        return new JobsPage(
                jobs, section < streams ? Optional.of(new JobsPage.Cursor(section, "0")) : Optional.empty());
    }

    private static JobsPage.Row row(Response flat, int i) {
        JobHeader header = JobHeader.parse(flat.get(i + 3).toString());
        String reason = Reason.fromLine(flat.get(i + 4).toString());
        return new JobsPage.Row(
                flat.get(i).toString(),
                header.type(),
                JobLookup.stateOf(flat.get(i + 1).toString()),
                header.extras().labels(),
                JobLookup.enqueuedAt(header, flat.get(i + 5).toString()),
                reason.isEmpty() ? null : reason);
    }

    @Override
    public Uni<Instant> now() {
        return RedisResults.uni(() -> link.masters()
                .compose(masters -> masters.get(0).send(Request.cmd(Command.TIME), deadline))
                .map(time ->
                        Instant.ofEpochSecond(time.get(0).toLong(), time.get(1).toLong() * 1_000)));
    }
}
