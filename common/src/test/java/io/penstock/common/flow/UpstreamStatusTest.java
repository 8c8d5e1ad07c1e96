package io.penstock.common.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnrecoverableJobException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpstreamStatusTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static Optional<RuntimeException> failure(int status, String retryAfter) {
        return UpstreamStatus.failure("feed", status, retryAfter, NOW);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 299})
    void isNoFailureWhenTheAnswerIsGood(int status) {
        assertThat(failure(status, "10")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 408, 500, 502, 503, 599})
    void isTheUpstreamsFaultAndWorthARetry(int status) {
        assertThat(failure(status, null))
                .containsInstanceOf(UpstreamFaultException.class)
                .hasValueSatisfying(e -> assertThat(e).hasMessage("feed answered HTTP " + status));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 422})
    void isForGoodWhenTheRequestIsWrong(int status) {
        assertThat(failure(status, null)).containsInstanceOf(UnrecoverableJobException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "30, 30000",
        "0, 500",
        "999999999, 3600000",
        "'Sun, 22 Nov 2026 10:00:42 GMT', 42000",
        "'Sun, 22 Nov 2026 09:00:00 GMT', 500",
        "soon, 5000",
        "-3, 5000",
        ", 5000"
    })
    void putsTheJobOffAsLongAsTheUpstreamAsks(String retryAfter, long expectedMillis) {
        assertThat(failure(429, retryAfter)).hasValueSatisfying(e -> assertThat(((SnoozeException) e).delay())
                .isEqualTo(Duration.ofMillis(expectedMillis)));
    }

    @Test
    void keepsTheWaitThatAFaultAsksFor() {
        assertThat(failure(503, "20")).hasValueSatisfying(e -> assertThat(((UpstreamFaultException) e).retryAfter())
                .contains(Duration.ofSeconds(20)));
    }
}
