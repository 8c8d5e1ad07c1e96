package io.penstock.bench.compare;

import io.vertx.core.Vertx;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Redis;
import io.vertx.redis.client.Request;

/** Puts into a Redis what a test wants to find there. */
final class Contents {

    private Contents() {}

    static void put(String url, String key, String value) {
        Vertx vertx = Vertx.vertx();
        try {
            Redis.createClient(vertx, url)
                    .send(Request.cmd(Command.SET).arg(key).arg(value))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .join();
        } finally {
            vertx.close();
        }
    }
}
