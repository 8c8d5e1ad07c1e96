package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The program as it is started at a terminal, with the real peers. On demand ({@code -Dtest=CompareEndToEnd}): it needs
 * Node.js and npm, and after {@code deploy/bench/run} has been built.
 */
@Timeout(600)
class CompareEndToEnd {

    @Test
    void measuresEverySideAndComparesThem() throws Exception {
        Process compare = new ProcessBuilder(
                        Path.of("compare").toAbsolutePath().toString(),
                        "--quick",
                        "--rounds",
                        "1",
                        "--aof",
                        "everysec",
                        "--scenario",
                        "memory",
                        "--json")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();

        JsonNode report = new ObjectMapper().readTree(compare.getInputStream().readAllBytes());

        assertThat(compare.waitFor()).isZero();
        JsonNode row = report.at("/rows/0");
        for (Side side : Contest.MEMORY.sides()) {
            assertThat(row.path("medians").path(side.label()).asDouble())
                    .as(side.title())
                    .isBetween(200.0, 2_000.0);
        }
        assertThat(row.at("/ratios/bullmq").asDouble()).isEqualTo(1);
        assertThat(report.at("/conditions/persistence").asText()).contains("everysec");
    }
}
