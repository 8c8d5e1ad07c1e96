package io.penstock.common.queue.redis;

import io.penstock.common.queue.JobBrowser;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jboss.logging.Logger;

/** Reads pages of live jobs, each by one run of {@code page-jobs}. */
final class RedisJobBrowser implements JobBrowser {

    private static final Logger LOG = Logger.getLogger(RedisJobBrowser.class);

    /** Of records that one call looks at: payloads may be large, and Redis does nothing else meanwhile. */
    private static final int BYTES = 512 * 1024;

    private static final int FIELDS = 9;

    /** Delayed jobs that are looked at to tell how they divide: some percent off, at a tenth of a millisecond. */
    private static final int SAMPLE = 100;

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams = new QueueStreams();
    private final Duration deadline;

    RedisJobBrowser(RedisRouter link, QueuePolicies policies, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.deadline = deadline;
    }

    @Override
    public Uni<Page> page(String queue, int partition, Shelf shelf, String from, int most, boolean payloads) {
        QueuePolicy policy = policies.named(queue);
        Partition place = Partition.of(policy, streams.of(policy, partition));
        List<Object> args = place.args("", letter(shelf), from, most, BYTES, payloads ? 1 : 0);
        return RedisResults.uni(
                () -> link.run(Scripts.PAGE_JOBS, place.keys(), args, deadline).map(reply -> page(policy, reply)));
    }

    @Override
    public Uni<DelayedSample> delayed(String queue, int partition) {
        List<String> keys = List.of(RedisKeys.jobs(queue, partition), RedisKeys.scheduled(queue, partition));
        return RedisResults.uni(() -> link.run(Scripts.SAMPLE_DELAYED, keys, List.of(SAMPLE), deadline)
                .map(reply -> new DelayedSample(
                        reply.get(0).toLong(),
                        reply.get(1).toInteger(),
                        reply.get(2).toInteger())));
    }

    private static String letter(Shelf shelf) {
        return switch (shelf) {
            case WAITING -> "w";
            case BEHIND_GROUP -> "g";
            case ACTIVE -> "a";
            case DELAYED -> "z";
            case DEAD -> "d";
            case AWAITING_CHILDREN -> "p";
        };
    }

    private static Page page(QueuePolicy policy, Response reply) {
        boolean ended = reply.get(0).toInteger() == 1;
        Response flat = reply.get(2);
        List<Found> jobs = new ArrayList<>(flat.size() / FIELDS);
        for (int i = 0; i < flat.size(); i += FIELDS) {
            try {
                jobs.add(found(policy, flat, i));
            } catch (UnreadableJobException e) {
                // Of a newer version: nothing can be told of it here.
                LOG.debugf("queue entry %s is passed over: %s", flat.get(i), e.getMessage());
            }
        }
        return new Page(
                jobs, reply.get(1).toInteger(), ended ? "" : reply.get(3).toString());
    }

    private static Found found(QueuePolicy policy, Response flat, int i) {
        String state = flat.get(i + 1).toString();
        JobHeader header = JobHeader.parse(flat.get(i + 3).toString());
        String reason = Reason.fromLine(flat.get(i + 4).toString());
        String payload = flat.get(i + 5).toString();
        long atMs = flat.get(i + 6).toLong();
        String place = flat.get(i + 7).toString();
        String lease = flat.get(i + 8).toString();
        int space = lease.lastIndexOf(' ');
        boolean inStream = state.equals("w") || state.equals("a");
        boolean delayed = state.equals("s") || state.equals("f") || state.equals("h");
        String entry = inStream ? place.substring(0, place.indexOf(';')) : "";
        JobView job = JobLookup.live(
                        policy,
                        flat.get(i).toString(),
                        state,
                        header,
                        entry,
                        flat.get(i + 2).toInteger())
                .payload(payload.isEmpty() ? null : payload)
                .dueAt(delayed ? Instant.ofEpochMilli(atMs) : null)
                .finishedAt(state.equals("d") ? Instant.ofEpochMilli(atMs) : null)
                .error(reason.isEmpty() ? null : reason)
                .worker(space < 0 ? null : lease.substring(0, space))
                .build();
        return new Found(job, atMs, place, space < 0 ? null : Long.valueOf(lease.substring(space + 1)));
    }
}
