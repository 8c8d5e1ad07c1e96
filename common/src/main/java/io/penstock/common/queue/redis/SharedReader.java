package io.penstock.common.queue.redis;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One blocking read for all lanes of a worker that have had no job for long: they share a connection, and a round of waiting
 * costs one command however many they are. A read of many streams is dear once it brings something, because it is made anew
 * for the others; so a lane that gets a job reads for itself until it has been without one for long again.
 *
 * <p>Rounds end at fixed times. A lane that wants to join while a round goes on reads for itself until that ends. The next
 * one begins when all are there that were in the last one or said that they would come.
 *
 * <p>On a single server only: the streams of a cluster are on many.
 */
final class SharedReader implements AutoCloseable {

    /** One for each stream: a lane that wakes up claims more by itself, and knows how many it can run. */
    private static final int JOBS = 1;
    /** So shortly before the end of a round a lane waits for the next one. */
    private static final Duration ENTRANCE = Duration.ofMillis(10);
    /** So long a round waits at most for lanes that said they would come; none as a rule, as they come at once. */
    private static final long GATHERING_MS = 50;
    /** What a blocking read may take beyond its waiting time before the connection counts as dead. */
    private static final Duration READ_SLACK = Duration.ofSeconds(3);

    private final EventLoopContext context;
    private final String workerId;
    private final RedisRouter reader;
    private final RedisRouter commands;
    private final Duration deadline;
    private final Set<Seat> waiting = new LinkedHashSet<>();
    private boolean reading;
    private boolean stopped;
    /** Lanes that are expected before the next round begins; confined to the event loop like all that is not volatile. */
    private int expected;

    private long gatheringTimer = -1;
    /** Lanes that want to join the next round. */
    private final AtomicInteger announced = new AtomicInteger();

    private long connects = -1;
    private @Nullable String clientId;
    /** By {@link System#nanoTime}; when no round is under way it lies in the past. */
    private final AtomicLong roundEndNanos = new AtomicLong(System.nanoTime());

    /** One lane that waits. */
    private record Seat(List<String> keys, Promise<@Nullable Response> answer) {}

    /**
     * @param context the event loop of {@code reader}
     * @param reader used by nobody else
     */
    SharedReader(
            EventLoopContext context, String workerId, RedisRouter reader, RedisRouter commands, Duration deadline) {
        this.context = context;
        this.workerId = workerId;
        this.reader = reader;
        this.commands = commands;
        this.deadline = deadline;
    }

    /**
     * How long a lane is to read for itself before it can join; zero: it can join now. From any thread.
     *
     * @param most a lane that reads for itself no longer than that asks again before
     */
    Duration untilNextRound(Duration most) {
        Duration left = Duration.ofNanos(roundEndNanos.get() - System.nanoTime());
        if (left.compareTo(ENTRANCE) <= 0) {
            return Duration.ZERO;
        }
        Duration alone = left.minus(ENTRANCE.dividedBy(2));
        if (alone.compareTo(most) <= 0) {
            announced.incrementAndGet();
        }
        return alone;
    }

    /**
     * Waits with the others. From any thread; answers where the caller is.
     *
     * @param keys the streams of the lane
     * @param wait about how long a round lasts
     * @return what {@code XREADGROUP} answers, with streams of other lanes among it perhaps; null: nothing came, or a round
     *     had just begun
     */
    Future<@Nullable Response> await(List<String> keys, Duration wait) {
        Promise<@Nullable Response> answer = reader.promise();
        context.runOnContext(turn -> {
            if (reading && !isRoundOver()) {
                // It came too late for this round, and must not wait for the next one unheard.
                answer.complete(null);
                return;
            }
            waiting.add(new Seat(keys, answer));
            if (!reading) {
                gather(wait);
            }
        });
        return answer.future();
    }

    /** Ends the round under way: all who wait hear that nothing came. From any thread. */
    void stopWaiting() {
        context.runOnContext(turn -> {
            stopped = true;
            if (reading && clientId != null) {
                Request unblock = Request.cmd(Command.CLIENT).arg("UNBLOCK").arg(clientId);
                // Where that is not allowed the round ends by itself.
                commands.masters().compose(masters -> masters.get(0).send(unblock, deadline));
            }
        });
    }

    /** Begins a round when all are there. */
    private void gather(Duration wait) {
        if (waiting.size() >= expected) {
            begin(wait);
        } else if (gatheringTimer < 0) {
            gatheringTimer = context.setTimer(
                    GATHERING_MS,
                    id -> context.runOnContext(turn -> {
                        if (gatheringTimer == id) {
                            begin(wait);
                        }
                    }));
        }
    }

    private void begin(Duration wait) {
        context.cancelTimer(gatheringTimer);
        gatheringTimer = -1;
        if (!reading && !waiting.isEmpty()) {
            read(wait);
        }
    }

    private boolean isRoundOver() {
        return roundEndNanos.get() - System.nanoTime() <= ENTRANCE.toNanos();
    }

    private void read(Duration wait) {
        reading = true;
        expected = 0;
        long now = System.nanoTime();
        long end = roundEndNanos.get();
        if (end - now <= ENTRANCE.toNanos()) {
            // Longer by chance: workers that started together do not stay in step.
            long most = wait.toNanos() + ThreadLocalRandom.current().nextLong(wait.toNanos() / 4 + 1);
            end = now + most;
            roundEndNanos.set(end);
        }
        long blockMs = Math.max(1, (end - now) / 1_000_000);
        List<Seat> seats = new ArrayList<>(waiting);
        List<String> keys = new ArrayList<>();
        seats.forEach(seat -> keys.addAll(seat.keys()));
        Request request = Request.cmd(Command.XREADGROUP)
                .arg("GROUP")
                .arg(Scripts.GROUP)
                .arg(workerId)
                .arg("COUNT")
                .arg(JOBS)
                .arg("BLOCK")
                .arg(blockMs)
                .arg("STREAMS");
        keys.forEach(request::arg);
        keys.forEach(key -> request.arg(">"));
        identified(keys.get(0))
                .compose(known -> reader.read(
                        keys.get(0), request, Duration.ofMillis(blockMs).plus(READ_SLACK)))
                .onComplete(result -> context.runOnContext(turn -> {
                    reading = false;
                    if (result.succeeded()) {
                        answered(seats, result.result(), wait);
                    } else {
                        roundEndNanos.set(System.nanoTime());
                        waiting.removeAll(seats);
                        seats.forEach(seat -> seat.answer().fail(result.cause()));
                        begin(wait);
                    }
                }));
    }

    /** Learns what Redis calls the connection, once for each. Without that a round cannot be ended early. */
    private Future<?> identified(String key) {
        return reader.masters().compose(masters -> {
            ReconnectingConnection link = masters.get(0);
            if (link.connects() == connects) {
                return Future.succeededFuture();
            }
            Request ask = Request.cmd(Command.CLIENT).arg("ID");
            return reader.read(key, ask, deadline)
                    .map(id -> {
                        clientId = String.valueOf(id);
                        connects = link.connects();
                        return clientId;
                    })
                    .otherwise(refused -> {
                        clientId = null;
                        return "";
                    });
        });
    }

    private void answered(List<Seat> seats, @Nullable Response reply, Duration wait) {
        boolean over = stopped || isRoundOver();
        stopped = false;
        if (over) {
            roundEndNanos.set(System.nanoTime());
            expected = announced.getAndSet(0);
        }
        for (Seat seat : seats) {
            boolean served = reply != null && Entries.anyOf(reply, seat.keys());
            if (served || over) {
                waiting.remove(seat);
                expected += over && !served ? 1 : 0;
                seat.answer().complete(served ? reply : null);
            }
        }
        if (!waiting.isEmpty()) {
            gather(wait);
        }
    }

    @Override
    public void close() {
        reader.close();
    }
}
