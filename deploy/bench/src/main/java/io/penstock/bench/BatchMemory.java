package io.penstock.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;

/**
 * What the packaged API and worker have in memory while a batch goes through them, made and watched over HTTP: after batches of ten
 * thousand items, which warm both up, and after one of as many as asked for. Redis and PostgreSQL are its own.
 */
final class BatchMemory implements Measurement {

    private static final String KEY = "bench-of-batches-5d0e8c91f2";
    private static final long FEW = 10_000;
    private static final Duration PATIENCE = Duration.ofMinutes(30);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

    @Override
    public Figures measure(Run run) {
        Map<String, String> settings = Map.of("PENSTOCK_ADMIN_KEY", KEY, "PENSTOCK_CALLER_LIMIT_ENABLED", "false");
        try (EmbeddedRedis redis = new EmbeddedRedis();
                BenchPostgres postgres = new BenchPostgres();
                PackagedProgram api = new PackagedProgram(
                        "api", redis, postgres, run.options().jvmOptions(), settings);
                PackagedWorker worker =
                        new PackagedWorker(redis, postgres, run.options().jvmOptions(), settings)) {
            run.toStop(worker::close);
            run.toStop(api::close);
            DatasetReads user = new DatasetReads(api.port(), KEY);
            for (long done = 0; done < Math.max(FEW, run.warmUp()); done += FEW) {
                work(user, FEW);
            }
            double apiFirst = api.memory().now();
            double workerFirst = worker.memory().now();
            long begun = System.nanoTime();
            work(user, run.jobs());
            double seconds = (System.nanoTime() - begun) / 1e9;
            return run.figures()
                    .with(Field.JOBS_PER_SECOND, run.jobs() / seconds)
                    .with(Field.RSS_FIRST, workerFirst)
                    .with(Field.RSS_MOST, worker.memory().most())
                    .with(Field.RSS_LAST, worker.memory().now())
                    .with(Field.API_RSS_FIRST, apiFirst)
                    .with(Field.API_RSS_MOST, api.memory().most())
                    .with(Field.API_RSS_LAST, api.memory().now());
        }
    }

    private static void work(DatasetReads user, long items) {
        String id = user.post(
                        "/api/batches",
                        "{\"type\":\"diagnostics.count\",\"range\":{\"from\":1,\"to\":" + items
                                + "},\"chunkSize\":50,\"concurrency\":5}")
                .path("id")
                .asText();
        JsonNode[] latest = new JsonNode[1];
        boolean ended = Pause.until(
                () -> {
                    // As a console does that is open.
                    latest[0] = user.get("/api/batches/" + id);
                    user.get("/api/batches/" + id + "/items?limit=200");
                    return latest[0].path("status").asText().equals("completed");
                },
                BETWEEN_LOOKS,
                PATIENCE);
        if (!ended || latest[0].path("completed").asLong() != items) {
            throw new BenchException("a batch of " + items + " items ends as " + latest[0]);
        }
    }
}
