package io.penstock.api.flow;

import io.penstock.api.problem.Problem;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;

/**
 * Takes a permit for a request or ends it with 429. When Redis cannot say, the request goes on: a limit protects the
 * service, and must not be what takes it down.
 */
@ApplicationScoped
public class CallerLimits {

    /**
     * Longer than any healthy answer; a request waits no longer for leave to proceed. What it waits comes on top of the
     * deadline of what it asks for, so that it must be little beside that.
     */
    private static final Duration DEADLINE = Duration.ofMillis(150);

    /** After a failure nobody asks for so long: an outage must not add the deadline to every request. */
    private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(2);

    private static final Duration BETWEEN_WARNINGS = Duration.ofMinutes(1);
    private static final Logger LOG = Logger.getLogger(CallerLimits.class);

    private final RateLimiter limiter;
    private final boolean enabled;
    private final RateLimit perKey;
    private final RateLimit perAddress;
    private final RateLimit logInsPerAddress;
    private final RateLimit logInsPerAccount;
    private final InstantSource clock;
    private volatile Instant askAgainAt = Instant.MIN;
    private final AtomicReference<Instant> nextWarning = new AtomicReference<>(Instant.MIN);

    @Inject
    CallerLimits(RateLimiter limiter, CallerLimitConfig config) {
        this(
                limiter,
                config.enabled(),
                config.key().limit(),
                config.address().limit(),
                config.logInAddress().limit(),
                config.logInAccount().limit(),
                InstantSource.system());
    }

    CallerLimits(
            RateLimiter limiter,
            boolean enabled,
            RateLimit perKey,
            RateLimit perAddress,
            RateLimit logInsPerAddress,
            RateLimit logInsPerAccount,
            InstantSource clock) {
        this.limiter = limiter;
        this.enabled = enabled;
        this.perKey = perKey;
        this.perAddress = perAddress;
        this.logInsPerAddress = logInsPerAddress;
        this.logInsPerAccount = logInsPerAccount;
        this.clock = clock;
    }

    /**
     * Before a request of this caller is acted on. Fails with a 429 problem.
     *
     * @return how the limit stands afterwards, as headers of the answer; none where it was not asked
     */
    public Uni<Map<String, String>> permitRequest(String callerId) {
        return permit(CacheKeys.callsOfUser(callerId), perKey);
    }

    /** Before a key from this address is looked up. Fails with a 429 problem. */
    public Uni<Void> permitLookUp(String address) {
        return permit(CacheKeys.logInsFromAddress(address), perAddress).replaceWithVoid();
    }

    /**
     * Before a password or link is looked at. Fails with a 429 problem; and, unlike the others, where Redis cannot say: a password that is
     * guessed while nobody counts stays guessed.
     *
     * @param account empty: the attempt names none
     */
    public Uni<Void> permitLogIn(String address, Optional<String> account) {
        if (!enabled) {
            return Uni.createFrom().voidItem();
        }
        Uni<Void> ofAddress = permitStrictly(CacheKeys.passwordsFromAddress(address), logInsPerAddress);
        return account.map(name ->
                        ofAddress.chain(() -> permitStrictly(CacheKeys.passwordsOfAccount(name), logInsPerAccount)))
                .orElse(ofAddress);
    }

    private Uni<Void> permitStrictly(String name, RateLimit limit) {
        return limiter.take(name, limit)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .transform(failure -> new QueueUnavailableException(
                        "Redis cannot count log-ins: " + failure.getMessage(), Effect.NOT_SENT, failure))
                .invoke(taken -> {
                    if (!taken.dueIn().isZero()) {
                        throw tooMany(limit, taken.dueIn());
                    }
                })
                .replaceWithVoid();
    }

    /**
     * Before something that a tenant may do so often, whoever of it asks. Holds also where callers are not limited. Fails with a 429 problem.
     *
     * @param what it is, as a word
     */
    public Uni<Void> permitTenant(String tenant, String what, RateLimit limit) {
        return ask(CacheKeys.key("rate_limit", tenant, what, "minute"), limit).replaceWithVoid();
    }

    private Uni<Map<String, String>> permit(String name, RateLimit limit) {
        return enabled ? ask(name, limit) : Uni.createFrom().item(Map.of());
    }

    private Uni<Map<String, String>> ask(String name, RateLimit limit) {
        if (clock.instant().isBefore(askAgainAt)) {
            return Uni.createFrom().item(Map.of());
        }
        return limiter.take(name, limit)
                .map(Optional::of)
                .ifNoItem()
                .after(DEADLINE)
                .fail()
                .onFailure()
                .recoverWithItem(this::letPass)
                .map(taken -> {
                    if (taken.isPresent() && !taken.get().dueIn().isZero()) {
                        throw tooMany(limit, taken.get().dueIn());
                    }
                    return taken.map(got -> headers(limit, got)).orElse(Map.of());
                });
    }

    private static Map<String, String> headers(RateLimit limit, RateLimiter.Taken taken) {
        return Map.of(
                "RateLimit-Limit",
                Integer.toString(limit.permits()),
                "RateLimit-Remaining",
                Long.toString(taken.left()),
                "RateLimit-Reset",
                seconds(taken.wholeIn()));
    }

    private static String seconds(Duration wait) {
        return Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000));
    }

    private Optional<RateLimiter.Taken> letPass(Throwable failure) {
        Instant now = clock.instant();
        askAgainAt = now.plus(PAUSE_AFTER_FAILURE);
        Instant due = nextWarning.get();
        if (!now.isBefore(due) && nextWarning.compareAndSet(due, now.plus(BETWEEN_WARNINGS))) {
            LOG.warnf("callers are not limited for now, because Redis does not answer: %s", failure);
        }
        return Optional.empty();
    }

    private static ProblemException tooMany(RateLimit limit, Duration wait) {
        String seconds = seconds(wait);
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
