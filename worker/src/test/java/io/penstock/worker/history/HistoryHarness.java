package io.penstock.worker.history;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.penstock.common.history.HistoryPartitions;
import io.penstock.common.history.HistoryPolicy;
import io.penstock.common.history.JobHistoryStore;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobType;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Secret;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.PayloadSecrets;
import io.penstock.common.testing.PostgresFixture;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Recorder, buffer and writer on a real database, with a clock that tests move. */
final class HistoryHarness implements AutoCloseable {

    /** The payload of the jobs. */
    record Work(int a, @Secret String card) {}

    private static final PayloadSecrets SECRETS = new PayloadSecrets(
            new ObjectMapper(), List.of(JobType.of("test.work", Work.class).queue("work")));

    static final String ALL = "keeps-all";
    static final String FAILURES = "keeps-failures";
    static final String NONE = "keeps-none";
    static final String PAYLOADS = "keeps-payloads";

    private static final HistoryPolicies POLICIES = new HistoryPolicies(Map.of(
            ALL, new HistoryPolicies.Kept(HistoryPolicy.ALL, false),
            FAILURES, new HistoryPolicies.Kept(HistoryPolicy.FAILURES, false),
            NONE, new HistoryPolicies.Kept(HistoryPolicy.NONE, false),
            PAYLOADS, new HistoryPolicies.Kept(HistoryPolicy.ALL, true)));

    volatile Instant now = Instant.parse("2026-11-22T12:00:00Z");
    final InstantSource clock = () -> now;
    final PostgresFixture postgres;
    final HistoryPartitions partitions;
    final HistoryBuffer buffer;
    final MeterRegistry registry = new SimpleMeterRegistry();
    final HistoryWriter writer;
    final HistoryBackpressure backpressure;
    final HistoryRecorder recorder;

    HistoryHarness(PostgresFixture postgres, int bufferRows, HistoryWriter.Settings settings) {
        this.postgres = postgres;
        partitions = new HistoryPartitions(postgres.pool());
        JobHistoryStore store = new JobHistoryStore(postgres.pool(), partitions, Duration.ofSeconds(5));
        buffer = new HistoryBuffer(bufferRows, 32 * 1024 * 1024);
        writer = new HistoryWriter(
                postgres.vertx(), buffer, store, new HistoryMeters(registry, buffer, clock), settings);
        backpressure = new HistoryBackpressure(buffer, POLICIES);
        recorder = recorderInto(buffer);
        writer.start();
    }

    HistoryRecorder recorderInto(HistoryBuffer rows) {
        return new HistoryRecorder(
                rows, POLICIES, writer, new HistoryRecorder.Limits(8_192, 100, 100), () -> "w1", clock, SECRETS);
    }

    ClaimedJob job(String id, String payload) {
        return new ClaimedJob(
                new ClaimedJob.Lease() {},
                id,
                "test.work",
                5,
                0,
                3,
                0,
                Duration.ofMinutes(1),
                RetryPolicy.fixed(Duration.ofSeconds(1)),
                payload,
                now.minusSeconds(10),
                now.minusSeconds(5),
                new JobLabels(Optional.of("shop-1"), Optional.of("acme"), List.of("eu", "big")),
                null,
                1);
    }

    long rows() {
        return postgres.count("SELECT count(*) FROM job_history");
    }

    @Override
    public void close() {
        writer.stop();
    }
}
