package io.penstock.common.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PeriodicTaskTest {

    private static final Duration NEVER = Duration.ofHours(1);

    private final Vertx vertx = Vertx.vertx();
    private final AtomicInteger runs = new AtomicInteger();
    private PeriodicTask task;

    @AfterEach
    void close() {
        task.stop();
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    private PeriodicTask.Builder task(Supplier<Uni<Duration>> run) {
        return PeriodicTask.task(vertx, "count", () -> {
                    runs.incrementAndGet();
                    return run.get();
                })
                .pauseAfterFailures(failures -> Duration.ofMillis(1));
    }

    private static Uni<Duration> pause(long ms) {
        return Uni.createFrom().item(Duration.ofMillis(ms));
    }

    private void awaitRuns(int count) {
        await().atMost(Duration.ofSeconds(10)).until(() -> runs.get() >= count);
    }

    @ParameterizedTest
    @ValueSource(strings = {"error", "exception", "null", "failure", "error in the pipeline"})
    void goesOnWhateverARunThrows(String surprise) {
        task = task(() -> switch (surprise) {
                    case "error" -> throw new StackOverflowError();
                    case "exception" -> throw new IllegalStateException("no");
                    case "null" -> null;
                    case "failure" -> Uni.createFrom().failure(new IllegalStateException("no"));
                    default ->
                        pause(1).invoke(() -> {
                            throw new NoClassDefFoundError("Missing");
                        });
                })
                .build();

        task.start();

        awaitRuns(3);
    }

    @Test
    void givesARunUpThatHangsAndTellsOfIt() {
        AtomicReference<Throwable> told = new AtomicReference<>();
        task = task(() -> Uni.createFrom().nothing())
                .timeLimit(Duration.ofMillis(20))
                .onFailure(told::set)
                .build();

        task.start();

        awaitRuns(3);
        assertThat(told.get()).isNotNull();
    }

    @Test
    void goesOnWhenAListenerThrows() {
        task = task(() -> pause(1))
                .onSuccess(() -> {
                    throw new StackOverflowError();
                })
                .build();

        task.start();

        awaitRuns(3);
    }

    @Test
    void runsNeverOverlap() throws Exception {
        AtomicInteger atOnce = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch third = new CountDownLatch(3);
        task = task(() -> {
                    most.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
                    task.runSoon();
                    task.runNow();
                    return pause(1).onItem().delayIt().by(Duration.ofMillis(5)).invoke(() -> {
                        atOnce.decrementAndGet();
                        third.countDown();
                    });
                })
                .build();

        task.start();

        assertThat(third.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(most).hasValue(1);
    }

    @Test
    void runsSoonWhenAskedInAPause() {
        task = task(() -> Uni.createFrom().item(NEVER)).build();
        task.start();
        awaitRuns(1);

        task.runSoon();

        awaitRuns(2);
    }

    @Test
    void keepsThePauseAfterAFailureUnlessItMustRunNow() {
        task = task(() -> Uni.createFrom().failure(new IllegalStateException("no")))
                .pauseAfterFailures(failures -> NEVER)
                .build();
        task.start();
        awaitRuns(1);
        await().atMost(Duration.ofSeconds(10)).until(() -> task.awaitEnd(Duration.ofMillis(1)));

        task.runSoon();
        task.runNow();

        awaitRuns(2);
        await().atMost(Duration.ofSeconds(10)).until(() -> task.awaitEnd(Duration.ofMillis(1)));
        assertThat(runs).hasValue(2);
    }

    @Test
    void beginsNoRunAfterAStop() {
        task = task(() -> pause(0)).build();
        task.start();
        awaitRuns(2);

        task.stop();

        assertThat(task.awaitEnd(Duration.ofSeconds(10))).isTrue();
        // The stop itself takes a turn of the task's event loop; what comes after it finds the task stopped.
        int ended = runs.get() + 1;
        task.runNow();
        task.runSoon();
        await().during(Duration.ofMillis(20)).atMost(Duration.ofSeconds(10)).until(() -> runs.get() <= ended);
    }

    @Test
    void tellsHowLongAgoARunEnded() {
        task = task(() -> Uni.createFrom().nothing()).build();
        task.start();
        awaitRuns(1);

        await().atMost(Duration.ofSeconds(10)).until(() -> task.sinceLastEnd().toMillis() > 30);
        assertThat(runs).hasValue(1);
    }
}
