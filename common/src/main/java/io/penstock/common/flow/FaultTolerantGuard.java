package io.penstock.common.flow;

import io.penstock.common.job.SnoozeException;
import io.penstock.common.loop.Backoff;
import io.smallrye.faulttolerance.api.CircuitBreakerMaintenance;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.BulkheadException;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.jboss.logging.Logger;

/**
 * A guard of SmallRye Fault Tolerance (time-out, bulkhead, breaker) behind a rate limit that all processes share.
 *
 * <p>The cheap questions come first: an open breaker, or an upstream that asked for a pause, costs no permit. A pause goes
 * into the shared limit as well, and so does an open breaker where that is configured: then no process is given a
 * permit. A limit that cannot be asked gives none: the upstream would pay for our outage.
 */
final class FaultTolerantGuard implements Guard {

    private static final Logger LOG = Logger.getLogger(FaultTolerantGuard.class);

    /** For calls that come while another one tries the upstream. */
    private static final Duration TRIAL_WAIT = Duration.ofSeconds(1);

    /** While an operator holds it open, while it is not known whether one does, while the limit cannot be asked. */
    private static final Duration LATER = Duration.ofSeconds(5);

    /** For calls that come while as many are under way as may be. */
    private static final Duration CROWDED = Duration.ofSeconds(1);

    /** Calls that wait in memory for one of the others to end; more are put off. */
    private static final int QUEUED = 1;

    private final UpstreamPolicy policy;
    private final RateLimiter limiter;
    private final Forces forces;
    private final Consumer<GuardChange> listener;
    private final InstantSource clock;
    private final TypedGuard<Uni<Object>> protection;
    /** Without a breaker, for calls that an operator lets through. */
    private final TypedGuard<Uni<Object>> unbroken;

    private final LongAdder calls = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final LongAdder refused = new LongAdder();
    /** No call is made before this: the breaker is open until then. */
    private volatile Instant openUntil = Instant.EPOCH;
    /** No call is made before this: the upstream asked for it. */
    private volatile Instant pausedUntil = Instant.EPOCH;

    private volatile Breaker breaker = Breaker.CLOSED;

    /** What operators have decided; empty: it cannot be learned now, and nothing has been learned before. */
    interface Forces {

        Uni<Optional<GuardForce.State>> stateOf(String guard);
    }

    FaultTolerantGuard(
            UpstreamPolicy policy,
            RateLimiter limiter,
            Forces forces,
            Consumer<GuardChange> listener,
            InstantSource clock) {
        this.policy = policy;
        this.limiter = limiter;
        this.forces = forces;
        this.listener = listener;
        this.clock = clock;
        this.unbroken = limited(policy).build();
        this.protection = limited(policy)
                .withCircuitBreaker()
                .name(policy.upstream())
                .failureRatio(policy.failureRatio())
                .requestVolumeThreshold(policy.minimumCalls())
                .delay(policy.openTime().toMillis(), ChronoUnit.MILLIS)
                .when(FaultTolerantGuard::countsAgainstUpstream)
                .onStateChange(this::breakerChanged)
                .done()
                .build();
    }

    private static TypedGuard.Builder<Uni<Object>> limited(UpstreamPolicy policy) {
        return TypedGuard.create(new TypeLiteral<Uni<Object>>() {})
                .withDescription(policy.upstream())
                .withBulkhead()
                .limit(policy.concurrency())
                .queueSize(QUEUED)
                .done()
                .withTimeout()
                .duration(policy.timeout().toMillis(), ChronoUnit.MILLIS)
                .done();
    }

    @Override
    public String upstream() {
        return policy.upstream();
    }

    @Override
    public Breaker breaker() {
        return breaker;
    }

    UpstreamPolicy policy() {
        return policy;
    }

    /** What it has seen so far. */
    GuardReport report(String process) {
        return new GuardReport(
                policy.upstream(),
                process,
                breaker,
                calls.sum(),
                failures.sum(),
                refused.sum(),
                openUntil,
                pausedUntil,
                clock.instant());
    }

    /** Forgets what breaker and upstream have said. Metrics go on. */
    void reset() {
        openUntil = Instant.EPOCH;
        pausedUntil = Instant.EPOCH;
        CircuitBreakerMaintenance.get().reset(policy.upstream());
        // A reset is no event of Fault Tolerance.
        Breaker from = breaker;
        breaker = Breaker.CLOSED;
        if (from != Breaker.CLOSED) {
            listener.accept(new GuardChange(policy.upstream(), from, Breaker.CLOSED, "an operator has reset it"));
        }
        limiter.liftPause(limitName(), policy.rateLimit())
                .subscribe()
                .with(done -> {}, failure -> LOG.warnf("the pause of %s goes on: %s", policy.upstream(), failure));
    }

    @Override
    public <T> Uni<T> call(Supplier<Uni<T>> call) {
        return Uni.createFrom()
                .deferred(() -> forces.stateOf(policy.upstream()))
                .invoke(this::refuseWhileClosedOff)
                .call(this::takePermit)
                .onFailure()
                .invoke(refused::increment)
                .chain(forced -> makeCall(call, forced.orElseThrow() == GuardForce.State.CLOSED));
    }

    private void refuseWhileClosedOff(Optional<GuardForce.State> forced) {
        GuardForce.State state = forced.orElseThrow(
                () -> snooze(CROWDED, "it is not known yet whether an operator has opened its breaker"));
        if (state == GuardForce.State.OPEN) {
            throw snooze(Backoff.jittered(LATER), "an operator has opened its breaker");
        }
        if (state == GuardForce.State.NONE) {
            putOffUntil(openUntil, "the breaker is open");
        }
        putOffUntil(pausedUntil, "it asked for a pause");
    }

    private Uni<Void> takePermit() {
        return limiter.tryAcquire(limitName(), policy.rateLimit())
                .onFailure()
                .transform(failure -> {
                    LOG.debugf("the rate limit of %s cannot be asked: %s", policy.upstream(), failure);
                    return snooze(
                            Backoff.jittered(LATER), "its rate limit cannot be asked, because Redis does not answer");
                })
                .invoke(wait -> {
                    if (!wait.isZero()) {
                        throw snooze(wait, "no permit left");
                    }
                })
                .replaceWithVoid();
    }

    private String limitName() {
        return "upstream:" + policy.upstream();
    }

    private <T> Uni<T> makeCall(Supplier<Uni<T>> call, boolean whateverTheBreakerSays) {
        return this.<T>protect(call, whateverTheBreakerSays ? unbroken : protection)
                .onFailure(SnoozeException.class)
                .invoke(e -> pauseFor(e.delay()))
                .onFailure(UpstreamFaultException.class)
                .invoke(e -> e.retryAfter().ifPresent(this::pauseFor))
                .onFailure(FaultTolerantGuard::countsAgainstUpstream)
                .invoke(failures::increment)
                .onFailure(CircuitBreakerOpenException.class)
                .transform(e -> putOff(untilTrial(), "the breaker is open"))
                .onFailure(BulkheadException.class)
                .transform(e -> putOff(
                        Backoff.jittered(CROWDED), "as many calls as may be are under way: " + policy.concurrency()))
                .onFailure(TimeoutException.class)
                .transform(e -> tooSlow());
    }

    private SnoozeException putOff(Duration delay, String why) {
        refused.increment();
        return snooze(delay, why);
    }

    /** One guard serves calls of every result type: it hands on what it gets. */
    @SuppressWarnings("unchecked")
    private <T> Uni<T> protect(Supplier<Uni<T>> call, TypedGuard<Uni<Object>> by) {
        return (Uni<T>) by.get(() -> {
            calls.increment();
            return (Uni<Object>) brokenOffWhenTooSlow(call.get());
        });
    }

    /** The time-out of Fault Tolerance forgets a call but lets it go on; this one frees what the call holds. */
    private <T> Uni<T> brokenOffWhenTooSlow(Uni<T> call) {
        return call.ifNoItem().after(policy.timeout()).failWith(this::tooSlow);
    }

    private UpstreamFaultException tooSlow() {
        return new UpstreamFaultException(
                policy.upstream() + " did not answer within " + policy.timeout().toMillis() + " ms");
    }

    private static boolean countsAgainstUpstream(Throwable failure) {
        return failure instanceof UpstreamFaultException || failure instanceof TimeoutException;
    }

    private void breakerChanged(CircuitBreakerState state) {
        Breaker from = breaker;
        switch (state) {
            case OPEN -> {
                openUntil = clock.instant().plus(policy.openTime());
                breaker = Breaker.OPEN;
                if (policy.shared()) {
                    pauseAll(policy.openTime());
                }
                LOG.warnf(
                        "The breaker of %s opened: its calls are put off for %d ms",
                        policy.upstream(), policy.openTime().toMillis());
            }
            case HALF_OPEN -> breaker = Breaker.HALF_OPEN;
            case CLOSED -> {
                breaker = Breaker.CLOSED;
                LOG.infof("The breaker of %s closed: it answers again", policy.upstream());
            }
        }
        if (from != breaker) {
            listener.accept(new GuardChange(policy.upstream(), from, breaker, why(breaker)));
        }
    }

    private String why(Breaker now) {
        return switch (now) {
            case OPEN ->
                "of its latest " + policy.minimumCalls() + " calls " + Math.round(policy.failureRatio() * 100)
                        + " % or more failed; no call for " + policy.openTime().toMillis() + " ms";
            case HALF_OPEN -> "one call tries whether it is back";
            case CLOSED -> "it answers again";
        };
    }

    private synchronized void pauseFor(Duration pause) {
        Instant end = clock.instant().plus(pause);
        if (end.isAfter(pausedUntil)) {
            pausedUntil = end;
            pauseAll(pause);
        }
    }

    /** Not waited for: this process knows already. */
    private void pauseAll(Duration pause) {
        limiter.pause(limitName(), policy.rateLimit(), pause)
                .subscribe()
                .with(
                        done -> {},
                        failure -> LOG.warnf(
                                "the other processes do not know that %s wants a pause: %s",
                                policy.upstream(), failure));
    }

    private void putOffUntil(Instant time, String why) {
        Instant now = clock.instant();
        if (now.isBefore(time)) {
            throw snooze(Duration.between(now, time), why);
        }
    }

    private Duration untilTrial() {
        Duration left = Duration.between(clock.instant(), openUntil);
        return left.compareTo(TRIAL_WAIT) > 0 ? left : TRIAL_WAIT;
    }

    private SnoozeException snooze(Duration delay, String why) {
        return new SnoozeException(delay, policy.upstream() + " is not called now: " + why);
    }
}
