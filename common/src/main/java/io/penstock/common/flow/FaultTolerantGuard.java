package io.penstock.common.flow;

import io.penstock.common.job.SnoozeException;
import io.smallrye.faulttolerance.api.CircuitBreakerState;
import io.smallrye.faulttolerance.api.TypedGuard;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.util.TypeLiteral;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.eclipse.microprofile.faulttolerance.exceptions.CircuitBreakerOpenException;
import org.eclipse.microprofile.faulttolerance.exceptions.TimeoutException;
import org.jboss.logging.Logger;

/**
 * A guard of SmallRye Fault Tolerance (time-out, breaker) behind a rate limit that all processes share.
 *
 * <p>The cheap questions come first: an open breaker, or an upstream that asked for a pause, costs no permit.
 * Breaker and pause are known to this process alone; each process learns them from its own calls.
 */
final class FaultTolerantGuard implements Guard {

    private static final Logger LOG = Logger.getLogger(FaultTolerantGuard.class);

    /** For calls that come while another one tries the upstream. */
    private static final Duration TRIAL_WAIT = Duration.ofSeconds(1);

    private final UpstreamPolicy policy;
    private final RateLimiter limiter;
    private final InstantSource clock;
    private final TypedGuard<Uni<Object>> protection;
    /** No call is made before this: the breaker is open until then. */
    private volatile Instant openUntil = Instant.EPOCH;
    /** No call is made before this: the upstream asked for it. */
    private volatile Instant pausedUntil = Instant.EPOCH;

    private volatile Breaker breaker = Breaker.CLOSED;

    FaultTolerantGuard(UpstreamPolicy policy, RateLimiter limiter, InstantSource clock) {
        this.policy = policy;
        this.limiter = limiter;
        this.clock = clock;
        this.protection = TypedGuard.create(new TypeLiteral<Uni<Object>>() {})
                .withDescription(policy.upstream())
                .withTimeout()
                .duration(policy.timeout().toMillis(), ChronoUnit.MILLIS)
                .done()
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

    @Override
    public String upstream() {
        return policy.upstream();
    }

    @Override
    public Breaker breaker() {
        return breaker;
    }

    @Override
    public <T> Uni<T> call(Supplier<Uni<T>> call) {
        return Uni.createFrom()
                .voidItem()
                .invoke(this::refuseWhileClosedOff)
                .chain(this::takePermit)
                .chain(() -> makeCall(call));
    }

    private void refuseWhileClosedOff() {
        putOffUntil(openUntil, "the breaker is open");
        putOffUntil(pausedUntil, "it asked for a pause");
    }

    private Uni<Void> takePermit() {
        return limiter.tryAcquire("upstream:" + policy.upstream(), policy.rateLimit())
                .invoke(wait -> {
                    if (!wait.isZero()) {
                        throw snooze(wait, "no permit left");
                    }
                })
                .replaceWithVoid();
    }

    private <T> Uni<T> makeCall(Supplier<Uni<T>> call) {
        return this.<T>protect(call)
                .onFailure(SnoozeException.class)
                .invoke(e -> pauseFor(e.delay()))
                .onFailure(UpstreamFaultException.class)
                .invoke(e -> e.retryAfter().ifPresent(this::pauseFor))
                .onFailure(CircuitBreakerOpenException.class)
                .transform(e -> snooze(untilTrial(), "the breaker is open"))
                .onFailure(TimeoutException.class)
                .transform(e -> tooSlow());
    }

    /** One guard serves calls of every result type: it hands on what it gets. */
    @SuppressWarnings("unchecked")
    private <T> Uni<T> protect(Supplier<Uni<T>> call) {
        return (Uni<T>) protection.get(() -> (Uni<Object>) brokenOffWhenTooSlow(call.get()));
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
        switch (state) {
            case OPEN -> {
                openUntil = clock.instant().plus(policy.openTime());
                breaker = Breaker.OPEN;
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
    }

    private synchronized void pauseFor(Duration pause) {
        Instant end = clock.instant().plus(pause);
        if (end.isAfter(pausedUntil)) {
            pausedUntil = end;
        }
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
