package io.penstock.common.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.quarkus.runtime.configuration.DurationConverter;
import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamConfigTest {

    private static UpstreamConfig shippedWith(Map<String, String> settings) throws IOException {
        return new SmallRyeConfigBuilder()
                .withConverter(Duration.class, 200, new DurationConverter())
                .withSources(
                        new PropertiesConfigSource(
                                UpstreamConfig.class.getResource("/META-INF/microprofile-config.properties"), 100),
                        new PropertiesConfigSource(settings, "test", 200))
                .withMapping(UpstreamConfig.class)
                .build()
                .getConfigMapping(UpstreamConfig.class);
    }

    @ParameterizedTest
    @CsvSource({
        "apify, 10, 1, 30, 0.5, 60",
        "openai, 100, 10, 10, 0.3, 30",
        "database, 1000, 100, 5, 0.2, 15",
        "offers, 120, 10, 10, 0.5, 30"
    })
    void shipsTheDocumentedUpstreams(
            String upstream, int permits, int burst, int timeoutSeconds, double ratio, int openSeconds)
            throws IOException {
        UpstreamPolicy policy =
                UpstreamPolicy.of(upstream, shippedWith(Map.of()).upstreams().get(upstream));

        assertThat(policy)
                .isEqualTo(new UpstreamPolicy(
                        upstream,
                        new RateLimit(permits, Duration.ofMinutes(1), burst),
                        Duration.ofSeconds(timeoutSeconds),
                        100,
                        ratio,
                        20,
                        Duration.ofSeconds(openSeconds),
                        false));
    }

    @Test
    void takesEverySetting() throws IOException {
        UpstreamConfig config = shippedWith(Map.of(
                "penstock.upstream.\"x\".permits", "7",
                "penstock.upstream.\"x\".per", "2s",
                "penstock.upstream.\"x\".burst", "3",
                "penstock.upstream.\"x\".timeout", "4s",
                "penstock.upstream.\"x\".concurrency", "8",
                "penstock.upstream.\"x\".breaker.shared", "true",
                "penstock.upstream.\"x\".breaker.ratio", "0.9",
                "penstock.upstream.\"x\".breaker.minimum-calls", "5",
                "penstock.upstream.\"x\".breaker.open-time", "6s"));

        assertThat(UpstreamPolicy.of("x", config.upstreams().get("x")))
                .isEqualTo(new UpstreamPolicy(
                        "x",
                        new RateLimit(7, Duration.ofSeconds(2), 3),
                        Duration.ofSeconds(4),
                        8,
                        0.9,
                        5,
                        Duration.ofSeconds(6),
                        true));
    }
}
