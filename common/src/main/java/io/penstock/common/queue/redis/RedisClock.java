package io.penstock.common.queue.redis;

import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import org.jboss.logging.Logger;

/**
 * Redis's clock as this process knows it: asked now and then, carried on by the machine's monotonic clock between, so
 * that a step of the local wall clock changes nothing. Jobs have this one clock, whoever looks at them; the masters of a
 * cluster are expected to agree.
 */
final class RedisClock {

    private static final Logger LOG = Logger.getLogger(RedisClock.class);

    /** Two monotonic clocks drift apart by far less than a millisecond in that time. */
    private static final Duration ASK_EVERY = Duration.ofSeconds(30);
    /** From there on the local clock is wrong enough to confuse whoever compares logs. */
    private static final long TOLERATED_MS = 1_000;

    private final RedisRouter routes;
    private final Duration deadline;
    private volatile long epochOfNanosMs;
    private volatile boolean known;
    private volatile boolean closed;
    private boolean warned;

    RedisClock(RedisRouter routes, Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    void start() {
        ask();
    }

    /** The time by Redis; by this machine until Redis has been asked. */
    Instant now() {
        return known ? Instant.ofEpochMilli(epochOfNanosMs + System.nanoTime() / 1_000_000) : Instant.now();
    }

    private void ask() {
        long asked = System.nanoTime();
        askAnyMaster().onComplete(answer -> {
            if (answer.succeeded()) {
                long redisMs = answer.result().get(0).toLong() * 1_000
                        + answer.result().get(1).toLong() / 1_000;
                // The answer was made somewhere between asking and hearing; the middle is the best guess.
                long middle = asked + (System.nanoTime() - asked) / 2;
                epochOfNanosMs = redisMs - middle / 1_000_000;
                known = true;
                warnIfOff(Instant.now().toEpochMilli() - now().toEpochMilli());
            }
            if (!closed) {
                routes.after(ASK_EVERY, this::ask);
            }
        });
    }

    private Future<Response> askAnyMaster() {
        return routes.masters().compose(masters -> masters.get(0).send(Request.cmd(Command.TIME), deadline));
    }

    private void warnIfOff(long offMs) {
        boolean off = Math.abs(offMs) > TOLERATED_MS;
        if (off && !warned) {
            LOG.warnf("this machine's clock is %d ms off Redis's; jobs go by Redis's", offMs);
        }
        warned = off;
    }

    void close() {
        closed = true;
    }
}
