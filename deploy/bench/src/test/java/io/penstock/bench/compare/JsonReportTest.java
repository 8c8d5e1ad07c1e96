package io.penstock.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class JsonReportTest {

    @Test
    void tellsConditionsRowsAndEverySample() throws IOException {
        Comparison comparison = new Samples()
                .of(Contest.WORKER_1, Side.BULLMQ, Figure.JOBS_PER_SECOND, 300, 500)
                .of(Contest.WORKER_1, Side.PENSTOCK, Figure.JOBS_PER_SECOND, 1_600, 2_400)
                .compared();

        JsonNode report = new ObjectMapper().readTree(new JsonReport(comparison).text());

        assertThat(report.at("/conditions/redis").asText()).isEqualTo("7.0.15");
        assertThat(report.at("/conditions/versions/BullMQ").asText()).isEqualTo("6.7.0");
        JsonNode row = report.at("/rows/0");
        assertThat(row.path("scenario").asText()).isEqualTo("worker-1");
        assertThat(row.path("comparedWith").asText()).isEqualTo("bullmq");
        assertThat(row.at("/medians/bullmq").asDouble()).isEqualTo(400);
        assertThat(row.at("/ratios/penstock").asDouble()).isEqualTo(5);
        assertThat(row.path("met").asBoolean()).isTrue();
        assertThat(report.path("samples")).hasSize(4);
        assertThat(report.at("/samples/1/side").asText()).isEqualTo("bullmq");
        assertThat(report.at("/samples/1/round").asInt()).isEqualTo(2);
        assertThat(report.at("/samples/1/jobsPerSecond").asDouble()).isEqualTo(500);
    }
}
