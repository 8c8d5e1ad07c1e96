package io.penstock.bench.chaos;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The network between the processes of a run and their Redis, which can be cut: connections are reset on both ends,
 * whatever was on its way. Commands that Redis has received it still runs.
 */
final class FaultProxy implements AutoCloseable {

    private static final int PATIENCE_MS = 10_000;

    private final NetServer server;
    private final NetClient towardsRedis;
    private final int redisPort;
    private final Set<Pair> pairs = ConcurrentHashMap.newKeySet();

    private record Pair(NetSocket client, NetSocket redis) {

        void close() {
            client.close();
            redis.close();
        }
    }

    FaultProxy(Vertx vertx, int redisPort) {
        this.redisPort = redisPort;
        // Closing means resetting: nobody is told in peace.
        towardsRedis = vertx.createNetClient(
                new NetClientOptions().setTcpNoDelay(true).setSoLinger(0).setConnectTimeout(1_000));
        server = vertx.createNetServer(
                new NetServerOptions().setHost("127.0.0.1").setTcpNoDelay(true).setSoLinger(0));
        server.connectHandler(this::join);
        server.listen(0)
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(PATIENCE_MS, TimeUnit.MILLISECONDS)
                .join();
    }

    private void join(NetSocket client) {
        client.pause();
        towardsRedis
                .connect(redisPort, "127.0.0.1")
                .onFailure(nobodyThere -> client.close())
                .onSuccess(redis -> {
                    Pair pair = new Pair(client, redis);
                    pairs.add(pair);
                    client.closeHandler(closed -> part(pair));
                    redis.closeHandler(closed -> part(pair));
                    client.handler(redis::write);
                    redis.handler(client::write);
                    client.resume();
                });
    }

    private void part(Pair pair) {
        pairs.remove(pair);
        pair.close();
    }

    int port() {
        return server.actualPort();
    }

    /** Resets connections: all, or about half of them. */
    void cut(Random random) {
        boolean all = random.nextBoolean();
        pairs.forEach(pair -> {
            if (all || random.nextBoolean()) {
                pair.close();
            }
        });
    }

    @Override
    public void close() {
        server.close();
        towardsRedis.close();
        pairs.forEach(Pair::close);
    }
}
