package io.penstock.common.queue.redis;

import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.QueuePolicy;
import io.vertx.redis.client.Response;
import java.time.Instant;
import java.util.List;
import org.jboss.logging.Logger;

/**
 * Makes claimed jobs of stream entries. An entry that cannot be read keeps its lease until that ends; the rescue decides
 * the resulting state.
 */
final class ClaimedJobReader {

    private static final Logger LOG = Logger.getLogger(ClaimedJobReader.class);

    private final QueuePolicy policy;
    private final Streams streams;

    ClaimedJobReader(QueuePolicy policy, Streams streams) {
        this.policy = policy;
        this.streams = streams;
    }

    /** An entry as Redis answers it: its id and its fields. */
    void addReadable(List<ClaimedJob> jobs, int number, Response entry) {
        Response fields = entry.get(1);
        String header = fields != null && fields.size() >= 4 ? fields.get(1).toString() : "";
        String payload = header.isEmpty() ? "" : fields.get(3).toString();
        addReadable(jobs, number, entry.get(0).toString(), header, payload);
    }

    /** An entry that cannot be read keeps its lease until that ends; the rescue decides what becomes of it. */
    void addReadable(List<ClaimedJob> jobs, int number, String entry, String headerText, String payload) {
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
                header.maxAttempts() > 0
                        ? header.maxAttempts()
                        : policy.attempts().max(),
                header.stalls(),
                header.timeout().orElse(policy.attempts().timeout()),
                header.retry().orElse(policy.attempts().retry()),
                payload,
                enqueuedAt,
                readyAt,
                header.extras().labels(),
                header.extras().expiryOf(enqueuedAt),
                header.extras().payloadVersion(),
                header.extras().gathered() > 0,
                header.extras().trace());
    }
}
