package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.UnreportedEnd;
import io.penstock.common.queue.UnreportedEnds;
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
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A stream in each partition, see {@code report_end} in {@code parts/partition.lua}. */
public final class RedisUnreportedEnds implements UnreportedEnds {

    private final RedisRouter link;
    private final Duration deadline;

    public RedisUnreportedEnds(RedisRouter link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Found> oldest(QueuePolicy policy, int partition, int most) {
        List<String> keys =
                List.of(RedisKeys.unreported(policy.queue(), partition), RedisKeys.meta(policy.queue(), partition));
        return RedisResults.uni(() -> link.run(Scripts.UNREPORTED_ENDS, keys, List.of(most), deadline)
                .map(reply -> {
                    List<UnreportedEnd> ends = new ArrayList<>(reply.get(0).size());
                    reply.get(0).forEach(entry -> ends.add(end(policy, entry)));
                    return new Found(ends, reply.get(1).toLong());
                }));
    }

    @Override
    public Uni<Void> drop(QueuePolicy policy, int partition, List<UnreportedEnd> told) {
        if (told.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        String key = RedisKeys.unreported(policy.queue(), partition);
        Request drop = Request.cmd(Command.XDEL).arg(key);
        told.forEach(end -> drop.arg(end.note()));
        return RedisResults.uni(() -> link.send(key, drop, deadline).mapEmpty());
    }

    private static UnreportedEnd end(QueuePolicy policy, Response entry) {
        String note = entry.get(0).toString();
        Map<String, String> fields = Entries.pairs(entry.get(1));
        JobHeader header = header(fields.getOrDefault("h", ""));
        return new UnreportedEnd(
                note,
                fields.getOrDefault("i", ""),
                header.type(),
                fields.getOrDefault("s", ""),
                Integer.parseInt(fields.getOrDefault("p", "0")),
                header.failedAttempts(),
                header.maxAttempts() > 0
                        ? header.maxAttempts()
                        : policy.attempts().max(),
                header.stalls(),
                header.extras().labels(),
                Instant.ofEpochMilli(Long.parseLong(fields.getOrDefault("e", "0"))),
                Entries.timeOf(note),
                nullIfEmpty(fields.get("y")),
                nullIfEmpty(fields.get("w")));
    }

    /** Of a stream entry that was no job, or a job of a version that is not known here, little can be told. */
    private static JobHeader header(String text) {
        try {
            return JobHeader.parse(text);
        } catch (UnreadableJobException | IllegalArgumentException e) {
            return JobHeader.parse("1;unreadable");
        }
    }

    private static @Nullable String nullIfEmpty(@Nullable String text) {
        return text == null || text.isEmpty() ? null : text;
    }
}
