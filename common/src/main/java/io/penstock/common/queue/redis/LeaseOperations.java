package io.penstock.common.queue.redis;

import io.penstock.common.queue.CancelRequest;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Keeps the leases of claimed jobs, which are the pending entries of their streams, and reads what is asked of their holder. */
final class LeaseOperations {

    /** XCLAIM of a thousand ids would hold Redis up for more than a millisecond. */
    private static final int RENEW_CHUNK = 100;

    /**
     * The delivery count of an entry whose job has begun, where that is noted. Deliveries themselves never come near:
     * there is one for the claim and one for each time that its answer is lost.
     */
    static final int BEGUN = 1_000_000;

    private final Streams streams;
    private final String workerId;
    private final RedisRouter commands;
    private final Duration deadline;

    LeaseOperations(Streams streams, String workerId, RedisRouter commands, Duration deadline) {
        this.streams = streams;
        this.workerId = workerId;
        this.commands = commands;
        this.deadline = deadline;
    }

    /** Notes that the job has begun; false: the lease was lost. */
    Uni<Boolean> begin(ClaimedJob job) {
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

    /** Answers with the jobs whose lease was lost. */
    Uni<Set<ClaimedJob>> renew(Collection<ClaimedJob> jobs) {
        return LostLeases.perStream(jobs, this::renewInStream);
    }

    private Future<Set<ClaimedJob>> renewInStream(int number, List<ClaimedJob> jobs) {
        List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
        for (int from = 0; from < jobs.size(); from += RENEW_CHUNK) {
            calls.add(renewChunk(number, jobs.subList(from, Math.min(from + RENEW_CHUNK, jobs.size()))));
        }
        return LostLeases.union(calls);
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
            Set<ClaimedJob> lost = LostLeases.none();
            for (ClaimedJob job : jobs) {
                if (!kept.contains(StreamLease.of(job).entry())) {
                    lost.add(job);
                }
            }
            return lost;
        });
    }

    /** The running jobs that somebody wants cancelled. */
    Uni<List<CancelRequest>> cancelRequests(Collection<ClaimedJob> jobs) {
        String cancels = RedisKeys.cancels(streams.queue(), streams.partition());
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
}
