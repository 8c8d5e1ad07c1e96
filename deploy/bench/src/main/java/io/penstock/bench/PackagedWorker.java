package io.penstock.bench;

import java.io.IOException;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The worker as it is shipped. */
final class PackagedWorker extends PackagedProgram {

    private static final Pattern COMPLETED = Pattern.compile(
            "^penstock_jobs_run_seconds_count\\{[^}]*outcome=\"completed\"[^}]*} (\\S+)", Pattern.MULTILINE);

    /** @param jvmOptions see {@link PackagedProgram} */
    PackagedWorker(EmbeddedRedis redis, BenchPostgres postgres, @Nullable String jvmOptions) {
        this(redis, postgres, jvmOptions, Map.of());
    }

    /** @param settings environment variables beside those that every worker gets */
    PackagedWorker(
            EmbeddedRedis redis, BenchPostgres postgres, @Nullable String jvmOptions, Map<String, String> settings) {
        super("worker", redis, postgres, jvmOptions, settings);
    }

    /** Jobs that it has completed since its start, by its own metrics. */
    long completed() {
        try {
            return COMPLETED
                    .matcher(ask("/q/metrics").body())
                    .results()
                    .mapToLong(line -> (long) Double.parseDouble(line.group(1)))
                    .sum();
        } catch (IOException e) {
            throw new BenchException(
                    "the worker does not answer (" + e.getMessage() + "); what it said is in " + log());
        }
    }
}
