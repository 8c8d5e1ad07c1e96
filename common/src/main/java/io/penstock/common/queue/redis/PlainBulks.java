package io.penstock.common.queue.redis;

import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Future;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Bulks of plain jobs, each accepted by a transaction. That takes Redis little more than half the time of a script
 * (measured with 50 jobs of 200 bytes: 2.1 against 3.7 us per job), but the client has to wait for as many answers as
 * there are jobs, and bears only so many: beyond, callers take the script.
 */
final class PlainBulks {

    /** Leaves the client room for everything else, were they all on one connection. */
    private static final int MOST_UNDER_WAY = RedisServers.UNANSWERED / 2;

    private final RedisRouter link;
    private final Duration deadline;
    private final AtomicInteger underWay = new AtomicInteger();

    PlainBulks(RedisRouter link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    /**
     * Answers with the entry ids. Empty when too many jobs are under way; then nothing has been sent.
     *
     * @param key any key of the partition
     */
    Optional<Future<List<Response>>> add(String key, List<Request> xadds) {
        int jobs = xadds.size();
        if (underWay.addAndGet(jobs) > MOST_UNDER_WAY) {
            underWay.addAndGet(-jobs);
            return Optional.empty();
        }
        return Optional.of(link.transaction(key, xadds, deadline).onComplete(result -> underWay.addAndGet(-jobs)));
    }
}
