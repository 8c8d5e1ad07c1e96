package io.penstock.api.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.api.problem.ProblemException;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.flow.RateLimiter;
import io.penstock.common.queue.QueueUnavailableException;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CallerLimitsTest {

    private static final RateLimit PER_KEY = new RateLimit(100, Duration.ofMinutes(1), 1);
    private static final RateLimit PER_ADDRESS = new RateLimit(10, Duration.ofMinutes(1), 1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private final List<String> asked = new ArrayList<>();

    @Test
    void aPermitLetsTheRequestGoOn() {
        limits((name, limit) -> answer(name, Duration.ZERO))
                .permitRequest("caller")
                .await()
                .atMost(PATIENCE);

        assertThat(asked).containsExactly("rate_limit:caller:api_calls:minute");
    }

    @Test
    void withoutOneTheCallerIsToldWhenToComeBack() {
        CallerLimits limits = limits((name, limit) -> answer(name, Duration.ofMillis(1500)));

        assertThatThrownBy(() -> limits.permitRequest("caller").await().atMost(PATIENCE))
                .isInstanceOfSatisfying(ProblemException.class, e -> {
                    assertThat(e.problem().status()).isEqualTo(429);
                    assertThat(e.headers())
                            .containsEntry("Retry-After", "2")
                            .containsEntry("RateLimit-Limit", "100")
                            .containsEntry("RateLimit-Remaining", "0")
                            .containsEntry("RateLimit-Reset", "2");
                });
    }

    @Test
    void aBrokenLimiterLimitsNobody() {
        limits((name, limit) -> Uni.createFrom().failure(new IllegalStateException("away")))
                .permitRequest("caller")
                .await()
                .atMost(PATIENCE);
    }

    @Test
    void aBrokenLimiterIsLeftAloneForAWhile() {
        Instant[] now = {Instant.EPOCH};
        CallerLimits limits = new CallerLimits(
                (name, limit) -> {
                    asked.add(name);
                    return Uni.createFrom().failure(new IllegalStateException("away"));
                },
                true,
                PER_KEY,
                PER_ADDRESS,
                PER_ADDRESS,
                PER_ADDRESS,
                () -> now[0]);

        limits.permitRequest("a").await().atMost(PATIENCE);
        limits.permitRequest("b").await().atMost(PATIENCE);
        now[0] = Instant.EPOCH.plusSeconds(2);
        limits.permitRequest("c").await().atMost(PATIENCE);

        assertThat(asked).containsExactly("rate_limit:a:api_calls:minute", "rate_limit:c:api_calls:minute");
    }

    @Test
    void aSilentLimiterLimitsNobody() {
        limits((name, limit) -> Uni.createFrom().nothing())
                .permitRequest("caller")
                .await()
                .atMost(PATIENCE);
    }

    @Test
    void anAddressCannotStepOutOfItsKey() {
        limits((name, limit) -> answer(name, Duration.ZERO))
                .permitLookUp("fe80::1%eth0{x}")
                .await()
                .atMost(PATIENCE);

        assertThat(asked).containsExactly("rate_limit:ip:fe80%3A%3A1%25eth0%7Bx%7D:login_attempts:hour");
    }

    @Test
    void aLogInIsRefusedWhileNobodyCounts() {
        CallerLimits limits = limits((name, limit) -> Uni.createFrom().failure(new IllegalStateException("away")));

        assertThatThrownBy(() -> limits.permitLogIn("10.0.0.1", Optional.of("anna"))
                        .await()
                        .atMost(PATIENCE))
                .isInstanceOf(QueueUnavailableException.class);
    }

    @Test
    void aLogInTakesAPermitOfItsAddressAndOfItsAccount() {
        limits((name, limit) -> answer(name, Duration.ZERO))
                .permitLogIn("10.0.0.1", Optional.of("anna"))
                .await()
                .atMost(PATIENCE);

        assertThat(asked).containsExactly("rate_limit:ip:10.0.0.1:passwords", "rate_limit:account:anna:passwords");
    }

    @Test
    void switchedOffItAsksNobody() {
        new CallerLimits(
                        (name, limit) -> answer(name, PATIENCE),
                        false,
                        PER_KEY,
                        PER_ADDRESS,
                        PER_ADDRESS,
                        PER_ADDRESS,
                        InstantSource.system())
                .permitRequest("caller")
                .await()
                .atMost(PATIENCE);

        assertThat(asked).isEmpty();
    }

    private CallerLimits limits(RateLimiter limiter) {
        return new CallerLimits(limiter, true, PER_KEY, PER_ADDRESS, PER_ADDRESS, PER_ADDRESS, InstantSource.system());
    }

    private Uni<Duration> answer(String name, Duration wait) {
        asked.add(name);
        return Uni.createFrom().item(wait);
    }
}
