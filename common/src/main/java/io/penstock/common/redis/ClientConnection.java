package io.penstock.common.redis;

import io.vertx.redis.client.Redis;
import io.vertx.redis.client.RedisConnection;
import java.util.concurrent.atomic.AtomicBoolean;

/** A connection and the client that it is the only one of. */
record ClientConnection(Redis client, RedisConnection connection, AtomicBoolean closed) {

    /** A client does not bear being closed twice, and both ends may want to. */
    void close() {
        if (closed.compareAndSet(false, true)) {
            client.close();
        }
    }
}
