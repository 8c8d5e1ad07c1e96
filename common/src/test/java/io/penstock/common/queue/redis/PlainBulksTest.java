package io.penstock.common.queue.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.vertx.core.Promise;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Transactions that are answered when the test says so. */
class PlainBulksTest {

    private static final int ROOM = RedisServers.UNANSWERED / 2;

    private final ArrayDeque<Promise<List<Response>>> underWay = new ArrayDeque<>();
    private final PlainBulks bulks = new PlainBulks(routes(), Duration.ofSeconds(1));

    private RedisRouter routes() {
        return (RedisRouter) Proxy.newProxyInstance(
                RedisRouter.class.getClassLoader(), new Class<?>[] {RedisRouter.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("transaction");
                    Promise<List<Response>> answer = Promise.promise();
                    underWay.add(answer);
                    return answer.future();
                });
    }

    private boolean takes(int jobs) {
        return bulks.add("key", Collections.nCopies(jobs, Request.cmd(Command.XADD)))
                .isPresent();
    }

    @Test
    void takesNoMoreThanTheClientHasRoomFor() {
        assertThat(takes(ROOM + 1)).isFalse();
        assertThat(takes(ROOM - 1)).isTrue();
        assertThat(takes(2)).isFalse();
        assertThat(takes(1)).isTrue();
        assertThat(underWay).hasSize(2);
    }

    @Test
    void hasRoomAgainAfterAnAnswerAndAfterAFailure() {
        takes(ROOM - 10);
        takes(10);

        underWay.remove().complete(List.of());
        assertThat(takes(ROOM - 9)).isFalse();
        assertThat(takes(ROOM - 10)).isTrue();
        underWay.remove().fail("no answer");

        assertThat(takes(10)).isTrue();
    }
}
