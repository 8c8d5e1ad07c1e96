package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * Lets jobs that are enqueued one at a time, from anywhere in the process, share round trips. While {@link #WINDOW}
 * batches are under way, newcomers gather in the next one; when none is, a job leaves at once. So batches grow with
 * the load and nobody waits for a timer.
 *
 * <p>Each job has the whole deadline and no more, however many are before it: one that has not left by then never will,
 * and its caller is told so.
 *
 * <p>One per queue partition: a batch must stay in one slot of a cluster.
 */
final class EnqueuePipeline {

    /** Measured: 50 entries in a batch and 4 batches under way fill a Redis core; more only adds waiting. */
    private static final int BATCH = 50;

    private static final int WINDOW = 4;
    /** Beyond it Redis is not keeping up, and callers are told so instead of piling up in memory. */
    private static final int MAX_PENDING = 20_000;
    /**
     * A batch gets a fifth of the deadline at least. Less would close the connection, as missed deadlines do, whenever
     * there is more to do than Redis can, and that would only make it worse.
     */
    private static final int LEAST_PART = 5;
    /** Later than the connection's own verdict on a command that was sent at once, which closes the connection first. */
    private static final Duration AFTER_THE_LINK = Duration.ofMillis(25);

    private final RedisRouter link;
    private final String key;
    private final Duration deadline;

    private final ArrayDeque<Entry> pending = new ArrayDeque<>();
    private final Set<List<Entry>> underWay = Collections.newSetFromMap(new IdentityHashMap<>());
    private boolean watching;

    /** @param key any key of the partition */
    EnqueuePipeline(RedisRouter link, String key, Duration deadline) {
        this.link = link;
        this.key = key;
        this.deadline = deadline;
    }

    /** Answers with the entry id that Redis gave. */
    Future<String> add(Request xadd) {
        Entry entry = new Entry(xadd, link.promise(), System.nanoTime() + deadline.toNanos());
        boolean watch;
        List<Entry> batch;
        synchronized (this) {
            if (pending.size() >= MAX_PENDING) {
                return Future.failedFuture(new QueueUnavailableException(
                        MAX_PENDING + " jobs are waiting to be accepted; Redis does not keep up",
                        Effect.NOT_SENT,
                        null));
            }
            pending.add(entry);
            batch = nextBatch();
            watch = !watching;
            watching = true;
        }
        if (watch) {
            watchAfter(deadline.toNanos());
        }
        send(batch);
        return entry.answer.future();
    }

    private void send(List<Entry> batch) {
        if (batch.isEmpty()) {
            return;
        }
        Duration left = timeFor(batch);
        Future<List<Response>> replies = batch.size() == 1
                ? link.send(key, batch.get(0).xadd, left).map(List::of)
                : link.batch(key, batch.stream().map(Entry::xadd).toList(), left);
        replies.onComplete(result -> {
            if (result.succeeded()) {
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer.tryComplete(result.result().get(i).toString());
                }
            } else {
                BatchFailure failure = BatchFailure.of(result.cause(), batch.size());
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).answer.tryFail(failure.at(i));
                }
            }
            List<Entry> next;
            synchronized (this) {
                underWay.remove(batch);
                next = nextBatch();
            }
            send(next);
        });
    }

    /** What its first job has left, so that nothing arrives long after its caller has given up. */
    private Duration timeFor(List<Entry> batch) {
        Duration left = Duration.ofNanos(batch.get(0).endNanos - System.nanoTime());
        Duration least = deadline.dividedBy(LEAST_PART);
        return left.compareTo(least) > 0 ? left : least;
    }

    private void watchAfter(long nanos) {
        link.after(Duration.ofNanos(Math.max(0, nanos)).plus(AFTER_THE_LINK), this::giveUpOverdue);
    }

    /** Ends the wait of those whose time is up. What is under way may still arrive; its callers are told that. */
    private void giveUpOverdue() {
        long now = System.nanoTime();
        List<Entry> unsent = new ArrayList<>();
        List<Entry> unanswered = new ArrayList<>();
        long nextEnd = Long.MAX_VALUE;
        synchronized (this) {
            while (!pending.isEmpty() && pending.peek().endNanos - now <= 0) {
                unsent.add(pending.remove());
            }
            for (List<Entry> batch : underWay) {
                for (Entry entry : batch) {
                    if (entry.endNanos - now <= 0) {
                        unanswered.add(entry);
                    } else {
                        nextEnd = Math.min(nextEnd, entry.endNanos - now);
                    }
                }
            }
            if (!pending.isEmpty()) {
                nextEnd = Math.min(nextEnd, pending.peek().endNanos - now);
            }
            watching = nextEnd < Long.MAX_VALUE;
        }
        if (nextEnd < Long.MAX_VALUE) {
            watchAfter(nextEnd);
        }
        unsent.forEach(entry -> entry.answer.tryFail(late("was not sent", Effect.NOT_SENT)));
        unanswered.forEach(entry -> entry.answer.tryFail(late("was sent and not answered", Effect.UNKNOWN)));
    }

    private QueueUnavailableException late(String what, Effect effect) {
        return new QueueUnavailableException(
                "Redis does not keep up: the job " + what + " within " + deadline.toMillis() + " ms", effect, null);
    }

    private synchronized List<Entry> nextBatch() {
        if (pending.isEmpty() || underWay.size() >= WINDOW) {
            return List.of();
        }
        List<Entry> batch = new ArrayList<>(Math.min(pending.size(), BATCH));
        while (batch.size() < BATCH && !pending.isEmpty()) {
            batch.add(pending.remove());
        }
        underWay.add(batch);
        return batch;
    }

    /** @param endNanos when its caller's deadline is over */
    private record Entry(Request xadd, Promise<String> answer, long endNanos) {}
}
