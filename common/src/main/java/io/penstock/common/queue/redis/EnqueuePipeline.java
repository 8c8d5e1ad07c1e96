package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.redis.RedisRoutes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Lets jobs that are enqueued one at a time, from anywhere in the process, share round trips. While {@link #WINDOW}
 * batches are under way, newcomers gather in the next one; when none is, a job leaves at once. So batches grow with
 * the load and nobody waits for a timer.
 *
 * <p>One per queue partition: a batch must stay in one slot of a cluster.
 */
final class EnqueuePipeline {

    /** Measured: 50 entries in a batch and 4 batches under way fill a Redis core; more only adds waiting. */
    private static final int BATCH = 50;

    private static final int WINDOW = 4;
    /** Beyond it Redis is not keeping up, and callers are told so instead of piling up in memory. */
    private static final int MAX_PENDING = 20_000;

    private final RedisRoutes link;
    private final String key;
    private final Duration deadline;
    private final ArrayDeque<Entry> pending = new ArrayDeque<>();
    private int underWay;

    /** @param key any key of the partition */
    EnqueuePipeline(RedisRoutes link, String key, Duration deadline) {
        this.link = link;
        this.key = key;
        this.deadline = deadline;
    }

    /** Answers with the entry id that Redis gave. */
    Future<String> add(Request xadd) {
        Entry entry = new Entry(xadd, link.promise());
        List<Entry> batch;
        synchronized (this) {
            if (pending.size() >= MAX_PENDING) {
                return Future.failedFuture(new QueueUnavailableException(
                        MAX_PENDING + " jobs are waiting to be accepted; Redis does not keep up", null));
            }
            pending.add(entry);
            batch = nextBatch();
        }
        send(batch);
        return entry.answer.future();
    }

    private void send(List<Entry> batch) {
        if (batch.isEmpty()) {
            return;
        }
        Future<List<Response>> replies = batch.size() == 1
                ? link.send(key, batch.get(0).xadd, deadline).map(List::of)
                : link.batch(key, batch.stream().map(Entry::xadd).toList(), deadline);
        replies.onComplete(result -> {
            for (int i = 0; i < batch.size(); i++) {
                if (result.succeeded()) {
                    batch.get(i).answer.complete(result.result().get(i).toString());
                } else {
                    batch.get(i).answer.fail(result.cause());
                }
            }
            List<Entry> next;
            synchronized (this) {
                underWay--;
                next = nextBatch();
            }
            send(next);
        });
    }

    private synchronized List<Entry> nextBatch() {
        if (pending.isEmpty() || underWay >= WINDOW) {
            return List.of();
        }
        List<Entry> batch = new ArrayList<>(Math.min(pending.size(), BATCH));
        while (batch.size() < BATCH && !pending.isEmpty()) {
            batch.add(pending.remove());
        }
        underWay++;
        return batch;
    }

    private record Entry(Request xadd, Promise<String> answer) {}
}
