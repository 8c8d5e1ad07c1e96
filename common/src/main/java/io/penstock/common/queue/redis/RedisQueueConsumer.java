package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Dropped;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueueConsumer;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import org.jboss.logging.Logger;

/**
 * Claims by plain XREADGROUP, which blocks in Redis until there is work: claim and lease are one step, and an idle
 * worker has a job within a millisecond. A line with a rate limit, or with jobs of several priorities at once, claims
 * through a script instead and waits by looking, not taking.
 */
final class RedisQueueConsumer implements QueueConsumer {

    private static final Logger LOG = Logger.getLogger(RedisQueueConsumer.class);

    /** Characters of JSON; a larger result is not kept, and the job says so. */
    private static final int MAX_KEPT_RESULT = 65_536;

    /** XCLAIM of a thousand ids would hold Redis up for more than a millisecond. */
    private static final int RENEW_CHUNK = 100;
    /** Jobs that one call of end-jobs ends and enqueues: some 20 µs of Redis each. */
    private static final int WEIGHTY_CALL = 32;
    /** For so many claims the script is used after several priorities were seen at once. */
    private static final int MIXED_CLAIMS = 50;
    /** How often old jobs of low priority are looked for, in ms. */
    private static final long AGEING_LOOK_MS = 100;
    /** What claim-jobs answers when the global concurrency is used up. */
    private static final long TOO_MANY_ACTIVE = -2;
    /** What a blocking read may take beyond its waiting time before the connection counts as dead. */
    private static final Duration READ_SLACK = Duration.ofSeconds(3);

    /**
     * The delivery count of an entry whose job has begun, where that is noted. Deliveries themselves never come near:
     * there is one for the claim and one for each time that its answer is lost.
     */
    static final int BEGUN = 1_000_000;

    private final QueuePolicy policy;
    private final int partition;
    private final Lane lane;
    private final String workerId;
    private final RedisRouter reader;
    private final RedisRouter commands;
    private final RedisClock clock;
    private final QueuePolicies policies;
    private final CrossPartitionForwarder forwarder;
    private final Duration deadline;
    private final Streams streams;
    private final Partition place;
    /** Highest priority first, beside their keys. */
    private final List<Integer> numbers;

    private final List<String> keys;
    /** What claim-jobs takes. */
    private final List<String> claimKeys;

    private boolean open;
    private int mixedClaimsLeft;
    private long lastAgeingNanos = System.nanoTime();

    /**
     * @param reader blocks while it waits for jobs; nobody else may use it
     * @param commands for everything else
     */
    RedisQueueConsumer(
            QueuePolicy policy,
            int partition,
            Lane lane,
            String workerId,
            RedisRouter reader,
            RedisRouter commands,
            RedisClock clock,
            QueuePolicies policies,
            CrossPartitionForwarder forwarder,
            Duration deadline) {
        this.policy = policy;
        this.partition = partition;
        this.lane = lane;
        this.workerId = workerId;
        this.reader = reader;
        this.commands = commands;
        this.clock = clock;
        this.policies = policies;
        this.forwarder = forwarder;
        this.deadline = deadline;
        this.streams = Streams.of(policy, partition);
        this.place = Partition.of(policy, streams);
        this.numbers = Streams.byPriority(lane);
        this.keys = numbers.stream().map(streams::key).toList();
        this.claimKeys = claimKeys();
    }

    private List<String> claimKeys() {
        List<String> all = new ArrayList<>();
        all.add(RedisKeys.limit(policy.queue(), partition));
        all.add(RedisKeys.freed(policy.queue(), partition));
        all.addAll(keys);
        if (policy.globalConcurrency().isPresent()) {
            streams.keys().stream().filter(key -> !keys.contains(key)).forEach(all::add);
        }
        return all;
    }

    @Override
    public QueuePolicy policy() {
        return policy;
    }

    @Override
    public int partition() {
        return partition;
    }

    @Override
    public Lane lane() {
        return lane;
    }

    @Override
    public Uni<List<ClaimedJob>> claim(int slots, Duration wait) {
        return RedisResults.uni(
                () -> opened().compose(ready -> claimOpened(slots, wait)).onFailure(this::noteMissingGroup));
    }

    private Future<?> opened() {
        if (open) {
            return Future.succeededFuture();
        }
        List<String> all = streams.keysAfter(RedisKeys.meta(policy.queue(), partition));
        return commands.run(Scripts.OPEN_STREAMS, all, List.of(Scripts.GROUP), deadline)
                .onSuccess(made -> open = true);
    }

    /** After a flush, or a restart without persistence, the groups are gone: the next claim makes them again. */
    private void noteMissingGroup(Throwable failure) {
        if (String.valueOf(failure.getMessage()).contains("NOGROUP")) {
            open = false;
        }
    }

    private Future<List<ClaimedJob>> claimOpened(int slots, Duration wait) {
        boolean limited =
                policy.limitOf(lane).isPresent() || policy.globalConcurrency().isPresent();
        if (!limited && mixedClaimsLeft == 0) {
            return read(slots, wait);
        }
        return claimByScript(slots).compose(claim -> {
            if (!claim.jobs().isEmpty()) {
                return Future.succeededFuture(claim.jobs());
            }
            if (wait.isZero()) {
                return Future.succeededFuture(List.of());
            }
            return limited ? waitForNews(claim, wait) : read(slots, wait);
        });
    }

    private Future<List<ClaimedJob>> read(int slots, Duration wait) {
        Request request = Request.cmd(Command.XREADGROUP)
                .arg("GROUP")
                .arg(Scripts.GROUP)
                .arg(workerId)
                .arg("COUNT")
                .arg(slots);
        if (!wait.isZero()) {
            request.arg("BLOCK").arg(Math.max(1, wait.toMillis()));
        }
        request.arg("STREAMS");
        keys.forEach(request::arg);
        keys.forEach(key -> request.arg(">"));
        return reader.read(keys.get(0), request, wait.plus(READ_SLACK)).map(reply -> {
            List<ClaimedJob> jobs = new ArrayList<>();
            Entries.forEach(reply, keys, (k, entry) -> addReadable(jobs, numbers.get(k), entry));
            if (jobs.size() > slots) {
                mixedClaimsLeft = MIXED_CLAIMS;
            }
            return jobs;
        });
    }

    private Future<ScriptClaim> claimByScript(int slots) {
        mixedClaimsLeft = Math.max(0, mixedClaimsLeft - 1);
        Optional<RateLimit> limit = policy.limitOf(lane);
        List<?> args = List.of(
                Scripts.GROUP,
                workerId,
                slots,
                limit.map(RateLimit::intervalMicros).orElse(0L),
                limit.map(RateLimit::burst).orElse(1),
                keys.size(),
                policy.globalConcurrency().orElse(0),
                ageingThisTime());
        return commands.run(Scripts.CLAIM_JOBS, claimKeys, args, deadline).map(reply -> {
            Response flat = reply.get(2);
            List<ClaimedJob> jobs = new ArrayList<>(flat.size() / 4);
            for (int i = 0; i < flat.size(); i += 4) {
                // The script counts from 1, and two keys precede the streams.
                int number = numbers.get(flat.get(i).toInteger() - 3);
                addReadable(
                        jobs,
                        number,
                        flat.get(i + 1).toString(),
                        String.valueOf(flat.get(i + 2)),
                        String.valueOf(flat.get(i + 3)));
            }
            List<String> lastIds = new ArrayList<>();
            reply.get(1).forEach(id -> lastIds.add(id.toString()));
            return new ScriptClaim(reply.get(0).toLong(), lastIds, jobs);
        });
    }

    /** Looking for old jobs costs a few commands, so that not every claim does it. */
    private long ageingThisTime() {
        long ageingMs = policy.ageing().toMillis();
        long now = System.nanoTime();
        if (ageingMs == 0 || now - lastAgeingNanos < Math.min(AGEING_LOOK_MS, ageingMs / 2) * 1_000_000) {
            return 0;
        }
        lastAgeingNanos = now;
        return ageingMs;
    }

    /** Waits until a permit is due, a job ends or something is added, whichever matters, but no longer than {@code wait}. */
    private Future<List<ClaimedJob>> waitForNews(ScriptClaim claim, Duration wait) {
        if (claim.why() >= 0) {
            Promise<List<ClaimedJob>> due = reader.promise();
            Duration untilPermit = Duration.ofMillis(claim.why());
            reader.after(untilPermit.compareTo(wait) < 0 ? untilPermit : wait, () -> due.complete(List.of()));
            return due.future();
        }
        Request look = Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(1)
                .arg("BLOCK")
                .arg(Math.max(1, wait.toMillis()))
                .arg("STREAMS");
        List<String> watched = claim.why() == TOO_MANY_ACTIVE ? List.of(claimKeys.get(1)) : keys;
        watched.forEach(look::arg);
        claim.lastIds().forEach(look::arg);
        return reader.read(keys.get(0), look, wait.plus(READ_SLACK)).map(List.of());
    }

    /** @param why what claim-jobs says of an empty claim */
    private record ScriptClaim(long why, List<String> lastIds, List<ClaimedJob> jobs) {}

    /** Tells workers that wait for the global concurrency to fall. One that misses it looks again after its waiting time. */
    private void announceFreed() {
        if (policy.globalConcurrency().isPresent()) {
            Request news = Request.cmd(Command.XADD)
                    .arg(claimKeys.get(1))
                    .arg("MAXLEN")
                    .arg(1)
                    .arg("*")
                    .arg("n")
                    .arg(1);
            commands.send(claimKeys.get(1), news, deadline)
                    .onFailure(failure -> LOG.debugf("queue %s: %s", policy.queue(), failure.getMessage()));
        }
    }

    private void addReadable(List<ClaimedJob> jobs, int number, Response entry) {
        Response fields = entry.get(1);
        String header = fields != null && fields.size() >= 4 ? fields.get(1).toString() : "";
        String payload = header.isEmpty() ? "" : fields.get(3).toString();
        addReadable(jobs, number, entry.get(0).toString(), header, payload);
    }

    /** An entry that cannot be read keeps its lease until that ends; the rescue decides what becomes of it. */
    private void addReadable(List<ClaimedJob> jobs, int number, String entry, String headerText, String payload) {
        try {
            jobs.add(claimed(number, entry, JobHeader.parse(headerText), payload));
        } catch (UnreadableJobException | IllegalArgumentException e) {
            LOG.warnf("queue %s: left stream entry %s alone: %s", policy.queue(), entry, e.getMessage());
        }
    }

    private ClaimedJob claimed(int number, String entry, JobHeader header, String payload) {
        Instant readyAt = Entries.timeOf(entry);
        Instant enqueuedAt = header.enqueuedAtMs() > 0 ? Instant.ofEpochMilli(header.enqueuedAtMs()) : readyAt;
        return new ClaimedJob(
                new StreamLease(number, entry, header),
                header.id() == null ? JobId.plain(streams, number, entry) : header.id(),
                header.type(),
                Streams.priority(number),
                header.failedAttempts(),
                header.maxAttempts() > 0 ? header.maxAttempts() : policy.attempts(),
                header.stalls(),
                header.timeout().orElse(policy.timeout()),
                header.retry().orElse(policy.retry()),
                payload,
                enqueuedAt,
                readyAt,
                header.extras().labels(),
                header.extras().expiryOf(enqueuedAt),
                header.extras().payloadVersion());
    }

    @Override
    public Uni<List<ClaimedJob>> recover(Collection<ClaimedJob> held) {
        Map<Integer, Set<String>> known = new HashMap<>();
        for (ClaimedJob job : held) {
            StreamLease lease = StreamLease.of(job);
            known.computeIfAbsent(lease.stream(), number -> new HashSet<>()).add(lease.entry());
        }
        MissedClaims missed = new MissedClaims(commands, workerId, deadline);
        return RedisResults.uni(() -> opened().compose(ready -> recoverFrom(0, known, missed, new ArrayList<>()))
                .onFailure(this::noteMissingGroup));
    }

    /** Stream by stream, highest priority first. */
    private Future<List<ClaimedJob>> recoverFrom(
            int next, Map<Integer, Set<String>> known, MissedClaims missed, List<ClaimedJob> found) {
        if (next == keys.size()) {
            return Future.succeededFuture(found);
        }
        int number = numbers.get(next);
        return missed.in(keys.get(next), known.getOrDefault(number, Set.of())).compose(entries -> {
            entries.forEach(entry -> addReadable(found, number, entry));
            return recoverFrom(next + 1, known, missed, found);
        });
    }

    @Override
    public Uni<Boolean> begin(ClaimedJob job) {
        StreamLease lease = StreamLease.of(job);
        String key = streams.key(lease.stream());
        Request mark = Request.cmd(Command.XCLAIM)
                .arg(key)
                .arg(Scripts.GROUP)
                .arg(workerId)
                .arg(0)
                .arg(lease.entry())
                .arg("RETRYCOUNT")
                .arg(BEGUN)
                .arg("JUSTID");
        return RedisResults.uni(() -> commands.send(key, mark, deadline).map(kept -> kept.size() > 0));
    }

    @Override
    public Uni<Set<ClaimedJob>> renew(Collection<ClaimedJob> jobs) {
        return perStream(jobs, this::renewInStream);
    }

    private Future<Set<ClaimedJob>> renewInStream(int number, List<ClaimedJob> jobs) {
        List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
        for (int from = 0; from < jobs.size(); from += RENEW_CHUNK) {
            calls.add(renewChunk(number, jobs.subList(from, Math.min(from + RENEW_CHUNK, jobs.size()))));
        }
        return union(calls);
    }

    private Future<Set<ClaimedJob>> renewChunk(int number, List<ClaimedJob> jobs) {
        Request request = Request.cmd(Command.XCLAIM)
                .arg(streams.key(number))
                .arg(Scripts.GROUP)
                .arg(workerId)
                .arg(0);
        jobs.forEach(job -> request.arg(StreamLease.of(job).entry()));
        request.arg("JUSTID");
        return commands.send(streams.key(number), request, deadline).map(reply -> {
            Set<String> kept = new HashSet<>();
            reply.forEach(entry -> kept.add(entry.toString()));
            Set<ClaimedJob> lost = identitySet();
            for (ClaimedJob job : jobs) {
                if (!kept.contains(StreamLease.of(job).entry())) {
                    lost.add(job);
                }
            }
            return lost;
        });
    }

    @Override
    public Uni<Set<ClaimedJob>> finish(List<FinishedJob> finished) {
        IdentityHashMap<ClaimedJob, FinishedJob> byJob = new IdentityHashMap<>();
        List<ClaimedJob> inOrder = new ArrayList<>(finished.size());
        List<FinishedJob> weighty = new ArrayList<>();
        for (FinishedJob one : finished) {
            if (StreamLease.of(one.job()).header().extras().weighOnEnd()
                    || !one.followUps().isEmpty()) {
                weighty.add(one);
            } else {
                byJob.put(one.job(), one);
                inOrder.add(one.job());
            }
        }
        Uni<Set<ClaimedJob>> light = perStream(inOrder, (number, jobs) -> finishInStream(number, jobs, byJob));
        return weighty.isEmpty()
                ? light
                : RedisResults.uni(() -> finishWeighty(weighty))
                        .chain(lost -> light.map(others -> {
                            lost.addAll(others);
                            return lost;
                        }));
    }

    private Future<Set<ClaimedJob>> finishWeighty(List<FinishedJob> finished) {
        List<Ending> endings = new ArrayList<>(finished.size());
        for (FinishedJob one : finished) {
            String record = policy.keepCompleted() > 0 ? CompletedRecord.encode(one, workerId) : "";
            List<JobPlacement> followUps = one.followUps().stream()
                    .map(job -> JobPlacement.of(policies, job, null))
                    .toList();
            endings.add(new Ending(one.job(), "c", record, keptResult(one), followUps));
        }
        List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
        List<Ending> call = new ArrayList<>();
        int weight = 0;
        for (Ending ending : endings) {
            if (!call.isEmpty() && weight + ending.weight() > WEIGHTY_CALL) {
                calls.add(end(call));
                call = new ArrayList<>();
                weight = 0;
            }
            call.add(ending);
            weight += ending.weight();
        }
        calls.add(end(call));
        return union(calls);
    }

    /** What is kept of the result apart from the record; empty: nothing. */
    private static String keptResult(FinishedJob finished) {
        String result = finished.result();
        boolean kept = StreamLease.of(finished.job()).header().extras().keepResultMs() > 0;
        return kept && result != null && result.length() <= MAX_KEPT_RESULT ? result : "";
    }

    @Override
    public Uni<Boolean> drop(ClaimedJob job, Dropped reason, String why) {
        String state =
                switch (reason) {
                    case EXPIRED -> "x";
                    case CANCELLED -> "k";
                    case FORCED -> "i";
                };
        return RedisResults.uni(
                () -> end(List.of(new Ending(job, state, why, "", List.of()))).map(Set::isEmpty));
    }

    /**
     * An end as end-jobs takes it.
     *
     * @param recordOrWhy of a completed job its record, empty: none; of another why it was dropped
     * @param result to keep; empty: none
     */
    private record Ending(
            ClaimedJob job, String state, String recordOrWhy, String result, List<JobPlacement> followUps) {

        int weight() {
            return 1 + followUps.size();
        }
    }

    /** In one script; answers with the jobs whose lease was lost. */
    private Future<Set<ClaimedJob>> end(List<Ending> endings) {
        int stream = StreamLease.of(endings.get(0).job()).stream();
        boolean single = endings.stream()
                .allMatch(ending -> ending.followUps().isEmpty()
                        && StreamLease.of(ending.job()).stream() == stream
                        && isAlone(StreamLease.of(ending.job())));
        List<String> keys = new ArrayList<>(single ? place.keysWithOnly(streams.key(stream)) : place.keys());
        List<Object> args = place.args(single ? stream : "", endings.size());
        List<ClaimedJob> jobs = new ArrayList<>(endings.size());
        for (Ending ending : endings) {
            ClaimedJob job = ending.job();
            StreamLease lease = StreamLease.of(job);
            jobs.add(job);
            keys.add(place.output(job.id()));
            args.add(lease.entry());
            args.add(job.id());
            args.add(lease.stream());
            args.add(ending.state());
            args.add(movedHeader(job, job.failedAttempts()));
            args.add(ending.recordOrWhy());
            args.add(lease.header().extras().keepResultMs());
            args.add(ending.result());
            args.add(ending.followUps().size());
            ending.followUps().forEach(next -> args.addAll(next.argsFrom(policy.queue(), partition)));
        }
        return lostOf(jobs, Scripts.END_JOBS, keys, args)
                .onSuccess(lost ->
                        endings.forEach(ending -> forwardIfSent(StreamLease.of(ending.job()), ending.followUps())));
    }

    private void forwardIfSent(StreamLease lease, List<JobPlacement> followUps) {
        boolean sent = lease.header().extras().parent() != null;
        for (JobPlacement next : followUps) {
            sent |= !next.queue().equals(policy.queue()) || next.partition() != partition;
        }
        if (sent) {
            forwarder.forwardNow(policy, partition);
        }
    }

    /** The next of a group, or a parent, may belong into any stream; other jobs touch only their own. */
    private List<String> keysFor(StreamLease lease) {
        return isAlone(lease) ? place.keysWithOnly(streams.key(lease.stream())) : place.keys();
    }

    private static Object singleStream(StreamLease lease) {
        return isAlone(lease) ? lease.stream() : "";
    }

    private static boolean isAlone(StreamLease lease) {
        return !lease.header().extras().mayReadyOthers();
    }

    @Override
    public Uni<List<CancelRequest>> cancelRequests(Collection<ClaimedJob> jobs) {
        String cancels = RedisKeys.cancels(policy.queue(), partition);
        Request everyNote = Request.cmd(Command.HGETALL).arg(cancels);
        return RedisResults.uni(
                () -> commands.send(cancels, everyNote, deadline).map(reply -> {
                    Map<String, String> notes = Entries.pairs(reply);
                    List<CancelRequest> asked = new ArrayList<>();
                    for (ClaimedJob job : notes.isEmpty() ? List.<ClaimedJob>of() : jobs) {
                        String[] note = notes.getOrDefault(job.id(), ";").split(";", 2);
                        if (note[1].equals(StreamLease.of(job).entry())) {
                            asked.add(new CancelRequest(job, Instant.ofEpochMilli(Long.parseLong(note[0]))));
                        }
                    }
                    return asked;
                }));
    }

    @Override
    public Instant now() {
        return clock.now();
    }

    private Future<Set<ClaimedJob>> finishInStream(
            int number, List<ClaimedJob> jobs, IdentityHashMap<ClaimedJob, FinishedJob> byJob) {
        // Of one batch no more than the kept number can survive: the last ones.
        int recorded = Math.min(jobs.size(), policy.keepCompleted());
        StringJoiner records = new StringJoiner("\n");
        for (ClaimedJob job : jobs.subList(jobs.size() - recorded, jobs.size())) {
            records.add(CompletedRecord.encode(Objects.requireNonNull(byJob.get(job)), workerId));
        }
        List<Object> args = new ArrayList<>(5 + jobs.size() * 2);
        args.add(Scripts.GROUP);
        args.add(policy.keepCompleted());
        args.add(recorded);
        args.add(records);
        args.add(JobId.prefix(streams, number));
        for (ClaimedJob job : jobs) {
            StreamLease lease = StreamLease.of(job);
            args.add(lease.entry());
            args.add(Objects.requireNonNullElse(lease.header().id(), ""));
        }
        List<String> scriptKeys = List.of(
                streams.key(number),
                RedisKeys.jobs(policy.queue(), partition),
                RedisKeys.completed(policy.queue(), partition),
                RedisKeys.meta(policy.queue(), partition),
                RedisKeys.cancels(policy.queue(), partition));
        return lostOf(jobs, Scripts.FINISH_JOBS, scriptKeys, args);
    }

    @Override
    public Uni<Boolean> retryLater(ClaimedJob job, Duration delay, String error) {
        return reschedule(job, job.failedAttempts() + 1, delay, "f", error);
    }

    @Override
    public Uni<Boolean> snooze(ClaimedJob job, Duration delay, String why) {
        return reschedule(job, job.failedAttempts(), delay, "s", why);
    }

    private Uni<Boolean> reschedule(ClaimedJob job, int failedAttempts, Duration delay, String state, String reason) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = place.args(
                singleStream(lease),
                lease.entry(),
                job.id(),
                lease.stream(),
                movedHeader(job, failedAttempts),
                Reason.toLine(reason),
                job.payload(),
                Math.max(1, delay.toMillis()),
                state);
        return ended(Scripts.RESCHEDULE_JOB, keysFor(lease), args);
    }

    @Override
    public Uni<Boolean> bury(ClaimedJob job, String reason) {
        StreamLease lease = StreamLease.of(job);
        List<Object> args = place.args(
                singleStream(lease),
                lease.entry(),
                job.id(),
                lease.stream(),
                movedHeader(job, job.failedAttempts() + 1),
                Reason.toLine(reason),
                job.payload());
        return ended(Scripts.BURY_JOB, keysFor(lease), args).invoke(done -> forwardIfSent(lease, List.of()));
    }

    private Uni<Boolean> ended(LuaScript script, List<String> scriptKeys, List<?> args) {
        return RedisResults.uni(() -> commands.run(script, scriptKeys, args, deadline)
                .onComplete(done -> announceFreed())
                .map(reply -> ReplyCode.of(reply.toInteger()) != ReplyCode.LEASE_LOST));
    }

    @Override
    public Uni<Set<ClaimedJob>> handBack(List<ClaimedJob> jobs) {
        return perStream(jobs, (number, ofStream) -> {
            List<Object> args = place.args("", number);
            for (ClaimedJob job : ofStream) {
                args.add(StreamLease.of(job).entry());
                args.add(job.id());
                args.add(movedHeader(job, job.failedAttempts()));
                args.add(job.payload());
            }
            return lostOf(ofStream, Scripts.HAND_BACK_JOBS, place.keys(), args);
        });
    }

    /** The header of a job that leaves its entry: from now on it carries its id and when it was accepted. */
    private static String movedHeader(ClaimedJob job, int failedAttempts) {
        JobHeader header = StreamLease.of(job).header();
        return new JobHeader(
                        header.type(),
                        job.id(),
                        failedAttempts,
                        header.maxAttempts(),
                        header.stalls(),
                        header.timeout(),
                        header.retry(),
                        job.enqueuedAt().toEpochMilli(),
                        header.extras())
                .encode();
    }

    /** Runs a script that answers with the positions of the jobs whose lease was lost. */
    private Future<Set<ClaimedJob>> lostOf(
            List<ClaimedJob> jobs, LuaScript script, List<String> scriptKeys, List<Object> args) {
        return commands.run(script, scriptKeys, args, deadline).map(reply -> {
            announceFreed();
            Set<ClaimedJob> lost = identitySet();
            reply.forEach(position -> lost.add(jobs.get(position.toInteger() - 1)));
            return lost;
        });
    }

    private Uni<Set<ClaimedJob>> perStream(Collection<ClaimedJob> jobs, StreamAction action) {
        return RedisResults.uni(() -> {
            Map<Integer, List<ClaimedJob>> byStream = new HashMap<>();
            for (ClaimedJob job : jobs) {
                byStream.computeIfAbsent(StreamLease.of(job).stream(), number -> new ArrayList<>())
                        .add(job);
            }
            List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
            byStream.forEach((number, ofStream) -> calls.add(action.apply(number, ofStream)));
            return union(calls);
        });
    }

    private static Future<Set<ClaimedJob>> union(List<Future<Set<ClaimedJob>>> calls) {
        if (calls.isEmpty()) {
            return Future.succeededFuture(identitySet());
        }
        if (calls.size() == 1) {
            return calls.get(0);
        }
        return Future.all(calls).map(done -> {
            Set<ClaimedJob> all = identitySet();
            calls.forEach(call -> all.addAll(call.result()));
            return all;
        });
    }

    /** Jobs are told apart as objects: comparing payloads would cost more than the work. */
    private static Set<ClaimedJob> identitySet() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    private interface StreamAction {
        Future<Set<ClaimedJob>> apply(int number, List<ClaimedJob> jobs);
    }

    @Override
    public void close() {
        reader.close();
    }
}
