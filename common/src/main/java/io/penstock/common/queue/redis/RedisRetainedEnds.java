package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.RetainedEnds;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the stream of completed records and the dead jobs side by side; how far it came stands in the meta hash. */
public final class RedisRetainedEnds implements RetainedEnds {

    /** Entries of the stream, each with the records of one finish, and dead jobs: some milliseconds of Redis's time. */
    private static final int PAGE = 500;

    /** Longer ago nobody is missed who might still be told of. */
    private static final Duration OLDEST = Duration.ofDays(1);

    private static final String COMPARED = "compared";

    private final RedisRouter link;
    private final Duration deadline;

    public RedisRetainedEnds(RedisRouter link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Optional<Page>> next(QueuePolicy policy, int partition, Duration turn, Duration settle) {
        String queue = policy.queue();
        List<String> keys = List.of(
                RedisKeys.completed(queue, partition),
                RedisKeys.dead(queue, partition),
                RedisKeys.jobs(queue, partition),
                RedisKeys.meta(queue, partition));
        List<Object> args = List.of(turn.toMillis(), settle.toMillis(), OLDEST.toMillis(), PAGE);
        return RedisResults.uni(() -> link.run(Scripts.RETAINED_ENDS, keys, args, deadline)
                .map(reply -> reply == null ? Optional.<Page>empty() : Optional.of(page(policy, reply))));
    }

    @Override
    public Uni<Void> passed(QueuePolicy policy, int partition, Page page) {
        String key = RedisKeys.meta(policy.queue(), partition);
        Request note = Request.cmd(Command.HSET).arg(key).arg(COMPARED).arg(page.place());
        return RedisResults.uni(() -> link.send(key, note, deadline).mapEmpty());
    }

    private static Page page(QueuePolicy policy, Response reply) {
        List<JobView> ends = new ArrayList<>();
        for (Response entry : reply.get(0)) {
            entry.get(1).get(3).toString().lines().forEach(line -> CompletedRecord.decode(policy, line)
                    .ifPresent(ends::add));
        }
        Response dead = reply.get(1);
        for (int i = 0; i < dead.size(); i += 3) {
            dead(
                            policy,
                            dead.get(i).toString(),
                            dead.get(i + 1).toLong(),
                            dead.get(i + 2).toString())
                    .ifPresent(ends::add);
        }
        return new Page(ends, reply.get(2).toString());
    }

    /** Empty where the record is gone meanwhile, or of a job that could never be read. */
    private static Optional<JobView> dead(QueuePolicy policy, String jobId, long diedAtMs, String record) {
        String[] lines = record.split("\n", 4);
        String[] first = lines[0].split(";", 3);
        if (lines.length < 4 || first.length < 3) {
            return Optional.empty();
        }
        try {
            JobHeader header = JobHeader.parse(lines[1]);
            return header.enqueuedAtMs() == 0
                    ? Optional.empty()
                    : Optional.of(dead(policy, jobId, diedAtMs, header, Integer.parseInt(first[1]), lines));
        } catch (UnreadableJobException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static JobView dead(
            QueuePolicy policy, String jobId, long diedAtMs, JobHeader header, int stream, String[] lines) {
        return JobView.builder(jobId, header.type(), policy.queue(), JobState.DEAD)
                .priority(Streams.priority(stream))
                .attempts(header.failedAttempts())
                .maxAttempts(
                        header.maxAttempts() > 0
                                ? header.maxAttempts()
                                : policy.attempts().max())
                .stalls(header.stalls())
                .failureKind(header.failureKind())
                .payload(lines[3])
                .enqueuedAt(Instant.ofEpochMilli(header.enqueuedAtMs()))
                .finishedAt(Instant.ofEpochMilli(diedAtMs))
                .error(Reason.fromLine(lines[2]))
                .labels(header.extras().labels())
                .build();
    }
}
