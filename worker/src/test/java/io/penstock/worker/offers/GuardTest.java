package io.penstock.worker.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.MeterRegistry;
import io.penstock.common.flow.FaultTolerantGuards;
import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.flow.GuardForce;
import io.penstock.common.flow.GuardForces;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.flow.UpstreamConfig;
import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The guard as the container builds it, with a limiter and settings of our own. */
@Tag("quarkus")
@QuarkusTest
class GuardTest extends OffersTest {

    private static final Duration OPEN_TIME = Duration.ofMillis(600);

    /** One record for each settings group of the configuration. */
    record Settings(
            int permits, Duration per, int burst, Duration timeout, int concurrency, UpstreamConfig.Breaker breaker)
            implements UpstreamConfig.Upstream {}

    record BreakerSettings(double ratio, int minimumCalls, Duration openTime, boolean shared)
            implements UpstreamConfig.Breaker {}

    @Inject
    RateLimiter redis;

    @Inject
    MeterRegistry meters;

    private final List<String> permitsAskedFor = new CopyOnWriteArrayList<>();
    private final AtomicInteger calls = new AtomicInteger();
    private volatile Duration nextPermit = Duration.ZERO;

    /** The breaker's name must be new each time: the container keeps breakers by name. */
    private final Guard guard = guards("database").named("upstream-" + UUID.randomUUID());

    private FaultTolerantGuards guards(String configured) {
        Settings settings = new Settings(
                60, Duration.ofMinutes(1), 5, Duration.ofMillis(300), 2, new BreakerSettings(0.5, 4, OPEN_TIME, false));
        return new FaultTolerantGuards(() -> Map.of(configured, settings), this::permit);
    }

    private Uni<Duration> permit(String name, RateLimit limit) {
        permitsAskedFor.add(name + " " + limit.permits());
        return Uni.createFrom().item(nextPermit);
    }

    private <T> Uni<T> counted(Supplier<Uni<T>> call) {
        calls.incrementAndGet();
        return call.get();
    }

    private String succeed() {
        return get(guard.call(() -> counted(() -> Uni.createFrom().item("answer"))));
    }

    private void failWith(RuntimeException failure) {
        assertThatThrownBy(() ->
                        get(guard.call(() -> counted(() -> Uni.createFrom().failure(failure)))))
                .isSameAs(failure);
    }

    private void openTheBreaker() {
        for (int i = 0; i < 4; i++) {
            failWith(new UpstreamFaultException("down"));
        }
        assertThat(guard.breaker()).isEqualTo(Guard.Breaker.OPEN);
    }

    @Test
    void handsOnWhatTheUpstreamAnswers() {
        assertThat(succeed()).isEqualTo("answer");
        assertThat(permitsAskedFor).containsExactly("upstream:" + guard.upstream() + " 60");
    }

    @Test
    void putsTheJobOffUntilTheNextPermitAndMakesNoCall() {
        nextPermit = Duration.ofMillis(540);

        assertThatThrownBy(this::succeed).isInstanceOfSatisfying(SnoozeException.class, e -> assertThat(e.delay())
                .hasMillis(540));
        assertThat(calls).hasValue(0);
    }

    @Test
    void sharesItsPermitsThroughRedis() {
        Settings onePerMinute = new Settings(
                1, Duration.ofMinutes(1), 1, Duration.ofSeconds(1), 2, new BreakerSettings(0.5, 4, OPEN_TIME, false));
        String upstream = "upstream-" + UUID.randomUUID();
        Guard here = new FaultTolerantGuards(() -> Map.of(upstream, onePerMinute), redis).named(upstream);
        Guard there = new FaultTolerantGuards(() -> Map.of(upstream, onePerMinute), redis).named(upstream);

        assertThat(get(here.call(() -> Uni.createFrom().item(1)))).isEqualTo(1);
        assertThatThrownBy(() -> get(there.call(() -> Uni.createFrom().item(2))))
                .isInstanceOfSatisfying(SnoozeException.class, e -> assertThat(e.delay())
                        .isBetween(Duration.ofSeconds(40), Duration.ofMinutes(1)));
    }

    @Test
    void faultsAnUpstreamThatIsTooSlow() {
        assertThatThrownBy(() -> get(guard.call(() -> Uni.createFrom().nothing())))
                .isInstanceOf(UpstreamFaultException.class)
                .hasMessageContaining("did not answer within 300 ms");
    }

    @Test
    void breaksOffTheCallThatIsTooSlow() {
        AtomicBoolean brokenOff = new AtomicBoolean();
        Uni<Object> slow = Uni.createFrom().nothing().onCancellation().invoke(() -> brokenOff.set(true));

        assertThatThrownBy(() -> get(guard.call(() -> slow))).isInstanceOf(UpstreamFaultException.class);

        await().untilTrue(brokenOff);
    }

    @Test
    void showsItsBreakerInTheMetrics() {
        openTheBreaker();

        assertThat(meters.getMeters())
                .map(meter -> meter.getId().toString())
                .anyMatch(id -> id.contains("circuitbreaker") && id.contains(guard.upstream()));
    }

    @Test
    void putsCallsOffWhileTheBreakerIsOpenWithoutTakingPermits() {
        openTheBreaker();
        int permits = permitsAskedFor.size();

        assertThatThrownBy(this::succeed).isInstanceOfSatisfying(SnoozeException.class, e -> assertThat(e.delay())
                .isPositive()
                .isLessThanOrEqualTo(OPEN_TIME));
        assertThat(calls).hasValue(4);
        assertThat(permitsAskedFor).hasSize(permits);
    }

    @Test
    void closesTheBreakerWhenTheUpstreamIsBack() {
        openTheBreaker();

        await().pollInterval(Duration.ofMillis(50)).ignoreExceptions().until(() -> succeed()
                .equals("answer"));

        assertThat(guard.breaker()).isEqualTo(Guard.Breaker.CLOSED);
        assertThat(succeed()).isEqualTo("answer");
    }

    @Test
    void opensAgainWhenTheTrialFails() {
        openTheBreaker();

        await().pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> failWith(new UpstreamFaultException("still down")));

        assertThat(guard.breaker()).isEqualTo(Guard.Breaker.OPEN);
        assertThatThrownBy(this::succeed).isInstanceOf(SnoozeException.class);
    }

    @Test
    void blamesTheUpstreamForItsOwnFaultsAlone() {
        for (int i = 0; i < 10; i++) {
            failWith(new UnrecoverableJobException("404"));
            failWith(new IllegalStateException("our bug"));
        }

        assertThat(guard.breaker()).isEqualTo(Guard.Breaker.CLOSED);
    }

    @Test
    void leavesAnUpstreamAloneThatSaysLater() {
        failWith(new SnoozeException(Duration.ofSeconds(30), "429"));

        assertThatThrownBy(this::succeed).isInstanceOfSatisfying(SnoozeException.class, e -> assertThat(e.delay())
                .isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30)));
        assertThat(calls).hasValue(1);
        assertThat(guard.breaker()).isEqualTo(Guard.Breaker.CLOSED);
    }

    @Test
    void tellsEveryProcessWhatTheUpstreamAskedFor() {
        Settings plenty = new Settings(
                1_000,
                Duration.ofSeconds(1),
                100,
                Duration.ofSeconds(1),
                2,
                new BreakerSettings(0.5, 4, OPEN_TIME, false));
        String upstream = "upstream-" + UUID.randomUUID();
        Guard here = new FaultTolerantGuards(() -> Map.of(upstream, plenty), redis).named(upstream);

        assertThatThrownBy(() -> get(
                        here.call(() -> Uni.createFrom().failure(new SnoozeException(Duration.ofSeconds(30), "429")))))
                .isInstanceOf(SnoozeException.class);

        await().untilAsserted(() -> {
            Duration wait =
                    get(redis.tryAcquire("upstream:" + upstream, new RateLimit(1_000, Duration.ofSeconds(1), 100)));
            assertThat(wait).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
        });
    }

    @Test
    void aSharedBreakerThatOpensHoldsTheOtherProcessesBack() {
        Settings shared = new Settings(
                1_000,
                Duration.ofSeconds(1),
                100,
                Duration.ofSeconds(1),
                2,
                new BreakerSettings(0.5, 4, Duration.ofSeconds(30), true));
        String upstream = "upstream-" + UUID.randomUUID();
        Guard here = new FaultTolerantGuards(() -> Map.of(upstream, shared), redis).named(upstream);
        for (int i = 0; i < 4; i++) {
            assertThatThrownBy(() -> get(here.call(() -> Uni.createFrom().failure(new UpstreamFaultException("down")))))
                    .isInstanceOf(UpstreamFaultException.class);
        }

        await().untilAsserted(() -> assertThat(
                        get(redis.tryAcquire("upstream:" + upstream, new RateLimit(1_000, Duration.ofSeconds(1), 100))))
                .isGreaterThan(Duration.ofSeconds(20)));
    }

    @Test
    void putsTheJobOffWhenTheLimitCannotBeAskedAndMakesNoCall() {
        Guard unlimited = new FaultTolerantGuards(
                        () -> Map.of("database", guardSettings()),
                        (name, limit) -> Uni.createFrom().failure(new IllegalStateException("connection refused")))
                .named("upstream-" + UUID.randomUUID());

        assertThatThrownBy(() ->
                        get(unlimited.call(() -> counted(() -> Uni.createFrom().item("answer")))))
                .isInstanceOf(SnoozeException.class)
                .hasMessageContaining("Redis does not answer");
        assertThat(calls).hasValue(0);
    }

    @Test
    void putsOffWhatIsMoreThanMayBeUnderWay() {
        List<Throwable> putOff = new CopyOnWriteArrayList<>();
        for (int i = 0; i < 5; i++) {
            guard.call(() -> counted(() -> Uni.createFrom().nothing()))
                    .subscribe()
                    .with(done -> {}, putOff::add);
        }

        // Two may run, one may wait.
        await().untilAsserted(() -> assertThat(putOff)
                .filteredOn(SnoozeException.class::isInstance)
                .hasSize(2)
                .allSatisfy(e -> assertThat(e).hasMessageContaining("under way")));
        assertThat(calls.get()).isLessThanOrEqualTo(3);
    }

    @Inject
    FaultTolerantGuards shipped;

    @Inject
    GuardForces forces;

    @Inject
    GuardBoard board;

    @Test
    void whatAnOperatorDecidesIsInForceWithinTwoSeconds() {
        String upstream = "upstream-" + UUID.randomUUID();
        Guard forced = shipped.named(upstream);
        await().ignoreExceptions()
                .until(() -> get(forced.call(() -> Uni.createFrom().item(1))) == 1);

        get(forces.force(upstream, GuardForce.State.OPEN, "a tester", "maintenance of the upstream"));
        await().atMost(Duration.ofSeconds(2)).untilAsserted(() -> assertThatThrownBy(
                        () -> get(forced.call(() -> Uni.createFrom().item(1))))
                .isInstanceOf(SnoozeException.class)
                .hasMessageContaining("an operator has opened its breaker"));

        get(forces.force(upstream, GuardForce.State.CLOSED, "a tester", ""));
        await().atMost(Duration.ofSeconds(2))
                .ignoreExceptions()
                .until(() -> get(forced.call(() -> Uni.createFrom().item(1))) == 1);
        for (int i = 0; i < 30; i++) {
            assertThatThrownBy(
                            () -> get(forced.call(() -> Uni.createFrom().failure(new UpstreamFaultException("down")))))
                    .isInstanceOf(UpstreamFaultException.class);
        }
        assertThat(forced.breaker()).isEqualTo(Guard.Breaker.CLOSED);

        get(forces.force(upstream, GuardForce.State.NONE, "a tester", ""));
        await().atMost(Duration.ofSeconds(5)).untilAsserted(() -> {
            assertThatThrownBy(
                            () -> get(forced.call(() -> Uni.createFrom().failure(new UpstreamFaultException("down")))))
                    .isInstanceOf(RuntimeException.class);
            assertThat(forced.breaker()).isEqualTo(Guard.Breaker.OPEN);
        });
        await().untilAsserted(() -> assertThat(get(board.all()))
                .filteredOn(report -> report.guard().equals(upstream))
                .singleElement()
                .satisfies(report -> {
                    assertThat(report.breaker()).isEqualTo(Guard.Breaker.OPEN);
                    assertThat(report.failures()).isGreaterThanOrEqualTo(40);
                }));

        get(forces.reset(upstream, "a tester", ""));
        await().atMost(Duration.ofSeconds(2)).until(() -> forced.breaker() == Guard.Breaker.CLOSED);
        assertThat(get(forced.call(() -> Uni.createFrom().item(2)))).isEqualTo(2);
    }

    private Settings guardSettings() {
        return new Settings(
                60, Duration.ofMinutes(1), 5, Duration.ofMillis(300), 2, new BreakerSettings(0.5, 4, OPEN_TIME, false));
    }

    @Test
    void isTheSameGuardForTheSameName() {
        FaultTolerantGuards guards = guards("database");

        assertThat(guards.named("a")).isSameAs(guards.named("a")).isNotSameAs(guards.named("b"));
    }
}
