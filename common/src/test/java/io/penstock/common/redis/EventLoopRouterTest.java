package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

class EventLoopRouterTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final int port = EmbeddedServers.freePort();
    private final RedisServer server = EmbeddedServers.startRedis(port);
    private final RedisFixture redis = new RedisFixture("redis://127.0.0.1:" + port);
    private final EventLoopRouter routes =
            new EventLoopRouter(redis.vertx(), context -> new ReconnectingConnection(context, redis.clients(), "near"));

    @AfterEach
    void close() {
        routes.close();
        redis.close();
        server.stop();
    }

    @Test
    void anEventLoopHasAConnectionOfItsOwnAndNeverASecond() throws Exception {
        List<EventLoopContext> loops = List.of(newContext(), newContext(), newContext());
        Set<Thread> threads = new HashSet<>();
        Set<String> connections = new HashSet<>();

        for (int round = 0; round < 3; round++) {
            for (EventLoopContext loop : loops) {
                connections.add(connectionSeenFrom(loop));
            }
        }

        for (EventLoopContext loop : loops) {
            threads.add(threadOf(loop));
        }
        assertThat(connections).hasSameSizeAs(threads).hasSizeGreaterThan(1);
    }

    @Test
    void isServedByTheLinkOfTheCallersEventLoop() throws Exception {
        EventLoopContext caller = newContext();
        CompletableFuture<Thread> servedBy = new CompletableFuture<>();
        caller.runOnContext(
                turn -> routes.after(Duration.ofMillis(1), () -> servedBy.complete(Thread.currentThread())));

        assertThat(servedBy.get(5, TimeUnit.SECONDS)).isSameAs(threadOf(caller));
    }

    private static Thread threadOf(EventLoopContext context) throws Exception {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        context.runOnContext(turn -> thread.complete(Thread.currentThread()));
        return thread.get(5, TimeUnit.SECONDS);
    }

    @Test
    void callersWithoutAnEventLoopShareOneConnection() throws Exception {
        assertThat(connectionId()).isEqualTo(connectionId());
    }

    /** A thread that works for an event loop is not that loop. */
    @Test
    void callersOnAnotherThreadOfAContextShareThatConnection() throws Exception {
        CompletableFuture<String> id = new CompletableFuture<>();
        newContext().runOnContext(turn -> redis.vertx()
                .executeBlocking(() -> {
                    ask(id);
                    return null;
                })
                .onFailure(id::completeExceptionally));

        assertThat(id.get(5, TimeUnit.SECONDS)).isEqualTo(connectionId());
    }

    @Test
    void anEventLoopThatFirstAsksAfterTheEndGetsNoConnection() throws Exception {
        connectionId();
        routes.close();

        assertThatThrownBy(() -> connectionSeenFrom(newContext())).isInstanceOf(ExecutionException.class);

        await().until(() -> openConnections() == 0);
    }

    @Test
    void closesAllConnections() throws Exception {
        connectionSeenFrom(newContext());
        connectionId();
        assertThat(openConnections()).isEqualTo(2);

        routes.close();

        await().until(() -> openConnections() == 0);
    }

    @Test
    void hasNoRoomForBlockingReads() {
        assertThatThrownBy(() -> routes.read("key", Request.cmd(Command.PING), DEADLINE))
                .isInstanceOf(UnsupportedOperationException.class);
    }

    private EventLoopContext newContext() {
        return EventLoopContext.create(redis.vertx());
    }

    private String connectionSeenFrom(EventLoopContext context) throws Exception {
        CompletableFuture<String> id = new CompletableFuture<>();
        context.runOnContext(turn -> ask(id));
        return id.get(5, TimeUnit.SECONDS);
    }

    private String connectionId() throws Exception {
        CompletableFuture<String> id = new CompletableFuture<>();
        ask(id);
        return id.get(5, TimeUnit.SECONDS);
    }

    private void ask(CompletableFuture<String> id) {
        routes.send("key", Request.cmd(Command.CLIENT).arg("ID"), DEADLINE)
                .onSuccess(reply -> id.complete(reply.toString()))
                .onFailure(id::completeExceptionally);
    }

    /** But for the one that asks. */
    private int openConnections() throws Exception {
        ReconnectingConnection other = new ReconnectingConnection(newContext(), redis.clients(), "observer");
        try {
            String list = other.send(Request.cmd(Command.CLIENT).arg("LIST"), DEADLINE)
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(5, TimeUnit.SECONDS)
                    .toString();
            return (int) list.lines()
                    .filter(line -> !line.contains("cmd=client|list"))
                    .count();
        } finally {
            other.close();
        }
    }
}
