package io.penstock.common.health;

import static org.awaitility.Awaitility.await;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventLoopsCheckTest {

    private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(2));
    private final CountDownLatch release = new CountDownLatch(1);

    @AfterEach
    void close() {
        release.countDown();
        vertx.close();
    }

    @Test
    void isDownWhileALoopIsBlocked() {
        EventLoopsCheck check = new EventLoopsCheck(vertx, Duration.ofMillis(300), Duration.ofMillis(100));
        await().during(Duration.ofMillis(500)).until(() -> check.call().getStatus() == Status.UP);

        vertx.getOrCreateContext().runOnContext(turn -> {
            try {
                release.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        await().until(() -> check.call().getStatus() == Status.DOWN);

        release.countDown();
        await().until(() -> check.call().getStatus() == Status.UP);
    }
}
