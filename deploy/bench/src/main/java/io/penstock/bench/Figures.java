package io.penstock.bench;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What one run measured. What does not apply to a scenario is null and left out of the JSON.
 *
 * @param redisMicrosPerJob CPU time of the Redis server, user and system
 * @param clientMicrosPerJob CPU time of the measuring JVMs, garbage collection and compilation included
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Figures(
        String scenario,
        long jobs,
        @Nullable Double jobsPerSecond,
        @Nullable Double redisMicrosPerJob,
        @Nullable Double clientMicrosPerJob,
        @Nullable Double p50Ms,
        @Nullable Double p99Ms,
        @Nullable Double bytesPerQueuedJob) {

    private static final ObjectMapper JSON = new ObjectMapper();

    static Figures of(Scenario scenario, long jobs) {
        return new Figures(scenario.label(), jobs, null, null, null, null, null, null);
    }

    Figures withRate(double perSecond) {
        return new Figures(
                scenario,
                jobs,
                rounded(perSecond, 1),
                redisMicrosPerJob,
                clientMicrosPerJob,
                p50Ms,
                p99Ms,
                bytesPerQueuedJob);
    }

    Figures withCpu(double redisMicros, double clientMicros) {
        return new Figures(
                scenario,
                jobs,
                jobsPerSecond,
                rounded(redisMicros, 100),
                rounded(clientMicros, 100),
                p50Ms,
                p99Ms,
                bytesPerQueuedJob);
    }

    Figures withLatency(Latencies latencies) {
        return new Figures(
                scenario,
                jobs,
                jobsPerSecond,
                redisMicrosPerJob,
                clientMicrosPerJob,
                rounded(latencies.millisAt(50), 1000),
                rounded(latencies.millisAt(99), 1000),
                bytesPerQueuedJob);
    }

    Figures withBytes(double bytes) {
        return new Figures(
                scenario, jobs, jobsPerSecond, redisMicrosPerJob, clientMicrosPerJob, p50Ms, p99Ms, rounded(bytes, 10));
    }

    /** Field by field: the runs of one scenario have the same fields. */
    static Figures median(List<Figures> runs) {
        Figures first = runs.get(0);
        return new Figures(
                first.scenario,
                first.jobs,
                median(runs, Figures::jobsPerSecond),
                median(runs, Figures::redisMicrosPerJob),
                median(runs, Figures::clientMicrosPerJob),
                median(runs, Figures::p50Ms),
                median(runs, Figures::p99Ms),
                median(runs, Figures::bytesPerQueuedJob));
    }

    private static @Nullable Double median(List<Figures> runs, Function<Figures, @Nullable Double> field) {
        double[] values = runs.stream()
                .map(field)
                .filter(Objects::nonNull)
                .mapToDouble(Double::doubleValue)
                .sorted()
                .toArray();
        if (values.length == 0) {
            return null;
        }
        double low = values[(values.length - 1) / 2];
        double high = values[values.length / 2];
        return rounded((low + high) / 2, 1000);
    }

    String toJson() {
        try {
            return JSON.writeValueAsString(this);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers can always be written", e);
        }
    }

    static String tableHead() {
        return row("scenario", "jobs", "jobs/s", "Redis µs/job", "client µs/job", "p50 ms", "p99 ms", "bytes/job");
    }

    String toTableRow() {
        return row(
                scenario,
                String.valueOf(jobs),
                cell(jobsPerSecond),
                cell(redisMicrosPerJob),
                cell(clientMicrosPerJob),
                cell(p50Ms),
                cell(p99Ms),
                cell(bytesPerQueuedJob));
    }

    private static String row(String first, String... others) {
        StringBuilder row = new StringBuilder(String.format("%-18s", first));
        Arrays.stream(others).forEach(cell -> row.append(String.format("%15s", cell)));
        return row.toString();
    }

    private static String cell(@Nullable Double value) {
        if (value == null) {
            return "-";
        }
        return value == Math.rint(value) ? String.valueOf(value.longValue()) : String.valueOf(value);
    }

    private static double rounded(double value, int fraction) {
        return (double) Math.round(value * fraction) / fraction;
    }
}
