package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.penstock.common.testing.EmbeddedCluster;
import io.penstock.common.testing.EmbeddedServers;
import io.penstock.common.testing.RedisFixture;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ways through a cluster that stays as it is. How it changes is the subject of the queue's tests. */
@Tag("slow")
class ClusterRouterTest {

    private static final Duration DEADLINE = Duration.ofSeconds(5);

    private final EmbeddedCluster cluster = EmbeddedServers.cluster();
    private final RedisFixture redis = RedisFixture.ofCluster();
    private final RedisRouter routes = redis.routes();

    @AfterEach
    void close() {
        routes.close();
        redis.close();
    }

    private static <T> T get(Future<T> future) throws Exception {
        return future.toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void computesSlotsAsRedisDoes() {
        for (String key : List.of("a", "123456789", "queue:{orders:0}:meta", "{}x", "x{y}z{w}", "ä{ö}", "{a", "")) {
            assertThat(Slot.of(key)).as("slot of '%s'", key).isEqualTo(cluster.slotOf(key));
        }
    }

    @Test
    void takesEachCommandToTheOwnerOfItsKey() throws Exception {
        for (int i = 0; i < 30; i++) {
            String key = "key:{" + i + "}";
            get(routes.send(key, Request.cmd(Command.SET).arg(key).arg(i), DEADLINE));
        }
        assertThat(redis.keys()).hasSize(30);
        assertThat(get(routes.masters())).hasSize(3);
    }

    @Test
    void spreadsThePartitionsOfAQueue() {
        assertThat(List.of(0, 1, 2))
                .extracting(partition -> cluster.ownerOf(RedisKeys.meta("orders", partition)))
                .as("else tests of several partitions prove less than they say")
                .satisfies(
                        owners -> assertThat(owners.stream().distinct().count()).isGreaterThan(1));
    }

    @Test
    void checksTheSafetyOfEveryMaster() {
        List<String> findings = new RedisSafety(routes).findings().await().atMost(DEADLINE);

        assertThat(findings).hasSize(3).allMatch(finding -> finding.contains("appendonly is off"));
        cluster.nodes().forEach(node -> assertThat(findings).anyMatch(finding -> finding.contains(node.address())));
        RedisReachability reach = new RedisReachability(routes);
        await().untilAsserted(() -> assertThat(reach.answeringFor()).isPositive());
        assertThat(reach.brokenFor()).isZero();
    }
}
