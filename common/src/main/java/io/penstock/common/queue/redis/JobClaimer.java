package io.penstock.common.queue.redis;

import io.penstock.common.flow.RateLimit;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.Lane;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Claims jobs of one lane of a partition. Plain XREADGROUP blocks in Redis until there is work: claim and lease are one
 * step, and an idle worker has a job within a millisecond. A lane with a rate limit or a global concurrency, or with jobs
 * of several priorities at once, claims through claim-jobs instead and waits by looking, not taking.
 */
final class JobClaimer {

    /** For so many claims the script is used after several priorities were seen at once. */
    private static final int MIXED_CLAIMS = 50;
    /** How often old jobs of low priority are looked for, in ms. */
    private static final long AGEING_LOOK_MS = 100;
    /** What claim-jobs answers when the global concurrency is used up. */
    private static final long TOO_MANY_ACTIVE = -2;
    /** What a blocking read may take beyond its waiting time before the connection counts as dead. */
    private static final Duration READ_SLACK = Duration.ofSeconds(3);
    /** Waiting times without a job after which a lane waits with the others. */
    private static final int CLAIMS_UNTIL_SHARED = 6;
    /** Who waits less is about to do something else, and wants all that is there. */
    private static final Duration LEAST_SHARED_WAIT = Duration.ofMillis(100);
    /** Of a lane that waits by itself: it may be about to stop, or to wait with the others. */
    private static final Duration MOST_ALONE = Duration.ofSeconds(1);
    /** As often in a row a lane that found nothing waits for news without asking again. */
    private static final int WAITS_WITHOUT_ASKING = 5;

    private final Supplier<QueuePolicy> current;
    private final String queue;
    private final Lane lane;
    private final String workerId;
    private final RedisRouter reader;
    private final @Nullable SharedReader shared;
    private final RedisRouter commands;
    private final Duration deadline;
    private final Streams streams;
    private final ClaimedJobReader entries;
    /** Highest priority first, beside their keys. */
    private final List<Integer> numbers;

    private final List<String> keys;
    /** What claim-jobs takes before the streams of the lane, and behind them where active jobs of all lanes are counted. */
    private final List<String> stateKeys;

    private final List<String> otherKeys;

    private boolean open;
    private int mixedClaimsLeft;
    private long lastAgeingNanos = System.nanoTime();
    private long lastJobNanos = System.nanoTime();
    /** What a limited lane waits for that found nothing; null: it has to ask. */
    private @Nullable ScriptClaim nothingThere;

    private int waitsWithoutAsking;
    /** Of a lane that waits for a permit; null: it does not. */
    private @Nullable Promise<List<ClaimedJob>> untilPermit;

    /**
     * @param current the queue's policy as it is in force
     * @param reader blocks while it waits for jobs; nobody else may use it
     * @param shared where lanes wait together that have had no job for long; null: nowhere
     * @param commands for everything else
     */
    JobClaimer(
            Supplier<QueuePolicy> current,
            Streams streams,
            Lane lane,
            String workerId,
            RedisRouter reader,
            @Nullable SharedReader shared,
            RedisRouter commands,
            Duration deadline) {
        this.current = current;
        this.queue = streams.queue();
        this.streams = streams;
        this.lane = lane;
        this.workerId = workerId;
        this.reader = reader;
        this.shared = shared;
        this.commands = commands;
        this.deadline = deadline;
        this.entries = new ClaimedJobReader(current.get(), streams);
        this.numbers = Streams.byPriority(lane);
        this.keys = numbers.stream().map(streams::key).toList();
        this.stateKeys =
                List.of(RedisKeys.limit(queue, streams.partition()), RedisKeys.freed(queue, streams.partition()));
        this.otherKeys =
                streams.keys().stream().filter(key -> !keys.contains(key)).toList();
    }

    private List<String> claimKeys(QueuePolicy policy) {
        List<String> all = new ArrayList<>(stateKeys.size() + streams.keys().size());
        all.addAll(stateKeys);
        all.addAll(keys);
        if (policy.limits().globalConcurrency().isPresent()) {
            all.addAll(otherKeys);
        }
        return all;
    }

    /** The queue's limits have changed: whoever waits, for a job, a permit or the global concurrency, asks again. */
    Uni<Void> limitsChanged() {
        nothingThere = null;
        Promise<List<ClaimedJob>> waiting = untilPermit;
        untilPermit = null;
        if (waiting != null) {
            waiting.tryComplete(List.of());
        }
        if (shared != null) {
            shared.stopWaiting();
        }
        List<String> streamsOfLane = new ArrayList<>(keys.size() + 1);
        streamsOfLane.add(stateKeys.get(1));
        streamsOfLane.addAll(keys);
        return RedisResults.uni(() -> commands.run(Scripts.WAKE_READERS, streamsOfLane, List.of(), deadline)
                .mapEmpty());
    }

    Uni<List<ClaimedJob>> claim(int slots, Duration wait) {
        return RedisResults.uni(() -> opened().compose(ready -> claimOpened(slots, wait))
                .onSuccess(this::noteJobs)
                .onFailure(this::noteMissingGroup));
    }

    private void noteJobs(List<ClaimedJob> jobs) {
        if (!jobs.isEmpty()) {
            lastJobNanos = System.nanoTime();
        }
    }

    private Future<?> opened() {
        if (open) {
            return Future.succeededFuture();
        }
        List<String> all = streams.keysAfter(RedisKeys.meta(queue, streams.partition()));
        boolean indexed =
                !RetainedRecords.indexKeys(current.get(), streams.partition()).isEmpty();
        if (!indexed) {
            all.add(RedisKeys.retained(queue, streams.partition()));
            all.add(RedisKeys.retainedBefore(queue, streams.partition()));
        }
        return commands.run(Scripts.OPEN_STREAMS, all, List.of(Scripts.GROUP, indexed ? 0 : 1), deadline)
                .onSuccess(made -> open = true);
    }

    /** After a flush, or a restart without persistence, the groups are gone: the next claim makes them again. */
    private void noteMissingGroup(Throwable failure) {
        if (String.valueOf(failure.getMessage()).contains("NOGROUP")) {
            open = false;
        }
    }

    private Future<List<ClaimedJob>> claimOpened(int slots, Duration wait) {
        QueuePolicy policy = current.get();
        boolean limited = policy.limitOf(lane).isPresent()
                || policy.limits().globalConcurrency().isPresent();
        if (!limited && mixedClaimsLeft == 0) {
            return wait.isZero() ? read(slots, wait) : waitForJobs(slots, wait);
        }
        ScriptClaim nothing = nothingThere;
        if (nothing != null && !wait.isZero() && waitsWithoutAsking < WAITS_WITHOUT_ASKING) {
            waitsWithoutAsking++;
            return waitForNews(nothing, wait);
        }
        waitsWithoutAsking = 0;
        nothingThere = null;
        return claimByScript(policy, slots).compose(claim -> {
            if (!claim.jobs().isEmpty()) {
                return Future.succeededFuture(claim.jobs());
            }
            if (wait.isZero()) {
                return Future.succeededFuture(List.of());
            }
            return limited ? waitForNews(claim, wait) : read(slots, shorter(wait, MOST_ALONE));
        });
    }

    /** By itself while there is work now and then, else with the other lanes of the worker. */
    private Future<List<ClaimedJob>> waitForJobs(int slots, Duration wait) {
        SharedReader together = wait.compareTo(LEAST_SHARED_WAIT) < 0 ? null : shared;
        if (together == null
                || System.nanoTime() - lastJobNanos
                        < wait.multipliedBy(CLAIMS_UNTIL_SHARED).toNanos()) {
            return read(slots, together == null ? wait : shorter(wait, MOST_ALONE));
        }
        Duration untilNextRound = together.untilNextRound(MOST_ALONE);
        if (!untilNextRound.isZero()) {
            return read(slots, shorter(MOST_ALONE, untilNextRound));
        }
        reader.rest();
        return together.await(keys, wait).map(reply -> jobs(reply, slots));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
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
        return reader.read(keys.get(0), request, wait.plus(READ_SLACK)).map(reply -> jobs(reply, slots));
    }

    private List<ClaimedJob> jobs(@Nullable Response reply, int slots) {
        List<ClaimedJob> jobs = new ArrayList<>();
        Entries.forEach(reply, keys, (k, entry) -> entries.addReadable(jobs, numbers.get(k), entry));
        if (jobs.size() > slots) {
            mixedClaimsLeft = MIXED_CLAIMS;
        }
        return jobs;
    }

    private Future<ScriptClaim> claimByScript(QueuePolicy policy, int slots) {
        mixedClaimsLeft = Math.max(0, mixedClaimsLeft - 1);
        Optional<RateLimit> limit = policy.limitOf(lane);
        List<?> args = List.of(
                Scripts.GROUP,
                workerId,
                slots,
                limit.map(RateLimit::intervalMicros).orElse(0L),
                limit.map(RateLimit::burst).orElse(1),
                keys.size(),
                policy.limits().globalConcurrency().orElse(0),
                ageingThisTime(policy));
        return commands.run(Scripts.CLAIM_JOBS, claimKeys(policy), args, deadline)
                .map(reply -> {
                    Response flat = reply.get(2);
                    List<ClaimedJob> jobs = new ArrayList<>(flat.size() / 4);
                    for (int i = 0; i < flat.size(); i += 4) {
                        // The script counts from 1, and two keys precede the streams.
                        int number = numbers.get(flat.get(i).toInteger() - 3);
                        entries.addReadable(
                                jobs,
                                number,
                                flat.get(i + 1).toString(),
                                String.valueOf(flat.get(i + 2)),
                                String.valueOf(flat.get(i + 3)));
                    }
                    List<String> lastIds = new ArrayList<>();
                    reply.get(1).forEach(id -> lastIds.add(id.toString()));
                    boolean empty = reply.size() > 3 && reply.get(3).toInteger() == 0;
                    return new ScriptClaim(reply.get(0).toLong(), lastIds, jobs, empty);
                });
    }

    /** Looking for old jobs costs a few commands, so that not every claim does it. */
    private long ageingThisTime(QueuePolicy policy) {
        long ageingMs = policy.sharing().ageing().toMillis();
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
            untilPermit = due;
            Duration permit = Duration.ofMillis(claim.why());
            reader.after(shorter(permit, shorter(wait, MOST_ALONE)), () -> due.tryComplete(List.of()));
            return due.future();
        }
        boolean used = claim.why() == TOO_MANY_ACTIVE;
        // Where there are jobs a limit may be changed, or the queue be resumed, meanwhile. Where there are none there
        // is time.
        long most = claim.empty()
                ? wait.toMillis() + spread(wait)
                : shorter(wait, MOST_ALONE).toMillis();
        Request look = Request.cmd(Command.XREAD)
                .arg("COUNT")
                .arg(1)
                .arg("BLOCK")
                .arg(Math.max(1, most))
                .arg("STREAMS");
        List<String> watched = used ? List.of(stateKeys.get(1)) : keys;
        watched.forEach(look::arg);
        claim.lastIds().forEach(look::arg);
        return reader.read(keys.get(0), look, Duration.ofMillis(most).plus(READ_SLACK))
                .map(news -> {
                    nothingThere = news == null && claim.empty() ? claim : null;
                    return List.<ClaimedJob>of();
                })
                .onFailure(failure -> nothingThere = null);
    }

    /** Longer by chance: workers that started together do not stay in step. */
    private static long spread(Duration wait) {
        return ThreadLocalRandom.current().nextLong(wait.toMillis() / 4 + 1);
    }

    /**
     * @param why what claim-jobs says of an empty claim
     * @param empty the lane holds no job at all
     */
    private record ScriptClaim(long why, List<String> lastIds, List<ClaimedJob> jobs, boolean empty) {}

    Uni<List<ClaimedJob>> recover(Collection<ClaimedJob> held) {
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
        return missed.in(keys.get(next), known.getOrDefault(number, Set.of())).compose(missing -> {
            missing.forEach(entry -> entries.addReadable(found, number, entry));
            return recoverFrom(next + 1, known, missed, found);
        });
    }
}
