package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import redis.embedded.RedisServer;

class ReconnectingConnectionTest {

    private final int port = EmbeddedServers.freePort();
    private final RedisFixture redis = new RedisFixture("redis://127.0.0.1:" + port);
    private final ReconnectingConnection link =
            new ReconnectingConnection(EventLoopContext.create(redis.vertx()), redis.clients(), "test");
    private RedisServer server = EmbeddedServers.startRedis(port);

    @AfterEach
    void close() {
        link.close();
        redis.close();
        server.stop();
    }

    private Response send(String command, String... args) throws Exception {
        Request request = Request.cmd(Command.create(command));
        for (String arg : args) {
            request.arg(arg);
        }
        return get(link.send(request, Duration.ofSeconds(5)));
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void mendsItselfAfterARestart() throws Exception {
        assertThat(send("PING").toString()).isEqualTo("PONG");
        server.stop();
        server = EmbeddedServers.startRedis(port);

        await().ignoreExceptions().until(() -> send("PING").toString().equals("PONG"));

        assertThat(link.connects()).isEqualTo(2);
    }

    @Test
    void countsConnectionsThatWereLostAndAttemptsThatFailed() throws Exception {
        MeterRegistry registry = new SimpleMeterRegistry();
        ConnectionMeters.register(registry, ConnectionCounts.OF_THIS_PROCESS);
        send("PING");
        double reconnects = count(registry, "penstock.redis.reconnects");
        double failures = count(registry, "penstock.redis.connect.failures");

        server.stop();
        await().until(() -> {
            assertThatThrownBy(() -> get(link.send(Request.cmd(Command.PING), Duration.ofMillis(300))))
                    .isNotNull();
            return count(registry, "penstock.redis.connect.failures") > failures;
        });
        server = EmbeddedServers.startRedis(port);
        await().ignoreExceptions().until(() -> send("PING").toString().equals("PONG"));

        assertThat(count(registry, "penstock.redis.reconnects")).isGreaterThan(reconnects);
    }

    private static double count(MeterRegistry registry, String name) {
        return registry.get(name).functionCounter().count();
    }

    @Test
    void closesAConnectionThatHangs() throws Exception {
        send("PING");
        Request endless = Request.cmd(Command.create("BLPOP")).arg("nothing").arg("0");

        assertThatThrownBy(() -> get(link.send(endless, Duration.ofMillis(50))))
                .hasCauseInstanceOf(RedisDeadlineException.class);

        assertThat(send("PING").toString()).isEqualTo("PONG");
        assertThat(link.connects()).isEqualTo(2);
    }

    private static Request append(String key, String text) {
        return Request.cmd(Command.APPEND).arg(key).arg(text);
    }

    private List<Response> together(Request... requests) throws Exception {
        return get(link.transaction("a", List.of(requests), Duration.ofSeconds(5)));
    }

    @Test
    void runsATransactionInOneStep() throws Exception {
        List<Response> replies = together(append("a", "12"), append("b", "345"), append("a", "67"));

        assertThat(replies).extracting(Response::toInteger).containsExactly(2, 3, 4);
    }

    @Test
    void runsNothingOfATransactionThatIsRefused() throws Exception {
        send("SET", "a", "as it was");
        send("CONFIG", "SET", "maxmemory", "1");

        assertThatThrownBy(() -> together(Request.cmd(Command.DEL).arg("a"), append("b", "345")))
                .cause()
                .isInstanceOf(Response.class)
                .hasMessageStartingWith("OOM ");

        send("CONFIG", "SET", "maxmemory", "0");
        assertThat(send("GET", "a").toString()).isEqualTo("as it was");
    }

    @Test
    void tellsWhenATransactionCannotBeRun() throws Exception {
        send("LPUSH", "list", "x");

        assertThatThrownBy(() -> together(append("list", "1"), append("list", "2")))
                .cause()
                .isInstanceOf(Response.class)
                .hasMessageStartingWith("WRONGTYPE ");
        assertThatThrownBy(() -> together(append("a", "1"), append("list", "2")))
                .hasMessageContaining("only a part")
                .cause()
                .isNotInstanceOf(Response.class);
        assertThat(send("PING").toString()).isEqualTo("PONG");
    }

    @Test
    void doesNotDoLateWhatItSaidHadFailed() throws Exception {
        server.stop();
        Request set = Request.cmd(Command.SET).arg("key").arg("value");
        assertThatThrownBy(() -> get(link.send(set, Duration.ofMillis(50))))
                .hasCauseInstanceOf(RedisDeadlineException.class);

        server = EmbeddedServers.startRedis(port);

        assertThat(send("EXISTS", "key").toInteger()).isZero();
    }
}
