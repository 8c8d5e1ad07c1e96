package io.penstock.api.flow;

import io.penstock.api.problem.Problem;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Takes a permit for a request or ends it with 429. When Redis cannot say, the request goes on: a limit protects the
 * service, and must not be what takes it down.
 */
@ApplicationScoped
public class CallerLimits {

    /** Longer than any healthy answer; a request waits no longer for leave to proceed. */
    private static final Duration DEADLINE = Duration.ofMillis(500);

    /** After a failure nobody asks for so long: an outage must not add the deadline to every request. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Logger LOG = Logger.getLogger(CallerLimits.class);

    private final RateLimiter limiter;
    private final boolean enabled;
    private final RateLimit perKey;
    private final RateLimit perAddress;
    private final InstantSource clock;
    private volatile Instant askAgainAt = Instant.MIN;
    private final AtomicReference<Instant> nextWarning = new AtomicReference<>(Instant.MIN);

    @Inject
    CallerLimits(RateLimiter limiter, CallerLimitConfig config) {
        this(limiter, config.enabled(), config.key().limit(), config.address().limit(), InstantSource.system());
    }

    CallerLimits(RateLimiter limiter, boolean enabled, RateLimit perKey, RateLimit perAddress, InstantSource clock) {
        this.limiter = limiter;
        this.enabled = enabled;
        this.perKey = perKey;
        this.perAddress = perAddress;
        this.clock = clock;
    }

    /** Before a request of this caller is acted on. Fails with a 429 problem. */
    public Uni<Void> permitRequest(String callerId) {
        return permit("api:key:" + callerId, perKey);
    }

    /** Before a key from this address is looked up. Fails with a 429 problem. */
    public Uni<Void> permitLookUp(String address) {
        return permit("api:address:" + address.replaceAll("[^A-Za-z0-9:._-]", "_"), perAddress);
    }

    private Uni<Void> permit(String name, RateLimit limit) {
        if (!enabled || clock.instant().isBefore(askAgainAt)) {
            return Uni.createFrom().voidItem();
        }
        return limiter.tryAcquire(name, limit)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .recoverWithItem(this::letPass)
                .chain(wait -> wait.isZero()
                        ? Uni.createFrom().voidItem()
                        : Uni.createFrom().failure(tooMany(limit, wait)));
    }

    private Duration letPass(Throwable failure) {
        Instant now = clock.instant();
        askAgainAt = now.plus(PAUSE_AFTER_FAILURE);
        Instant due = nextWarning.get();
        if (!now.isBefore(due) && nextWarning.compareAndSet(due, now.plus(BETWEEN_WARNINGS))) {
            LOG.warnf("callers are not limited for now, because Redis does not answer: %s", failure);
        }
        return Duration.ZERO;
    }

    private static ProblemException tooMany(RateLimit limit, Duration wait) {
        String seconds = Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000));
        return new ProblemException(
                Problem.of(
                        ProblemCode.TOO_MANY_REQUESTS,
                        "The limit is " + limit.permits() + " in " + limit.per().toSeconds() + " s. Try again in "
                                + seconds + " s."),
                Map.of(
                        "Retry-After",
                        seconds,
                        "RateLimit-Limit",
                        Integer.toString(limit.permits()),
                        "RateLimit-Remaining",
                        "0",
                        "RateLimit-Reset",
                        seconds));
    }
}
