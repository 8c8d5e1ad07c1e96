package io.penstock.bench;

import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Uniqueness;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.LongFunction;
import java.util.stream.Collectors;

/** What the jobs of a measurement ask for, so that its price can be seen beside that of a plain job. */
@SuppressWarnings("ImmutableEnumChecker") // the functions hold no state
enum Feature {
    PLAIN("plain", n -> JobOptions.DEFAULT),
    RETRY("own-retry", n -> JobOptions.DEFAULT.withAttempts(7).withRetry(RetryPolicy.fixed(Duration.ofSeconds(1)))),
    PRIORITIES("priorities", n -> JobOptions.DEFAULT.withPriority((int) (n % 11))),
    LABELS("tenant-and-tags", n -> JobOptions.DEFAULT.withTenant("acme").withTags("spring", "import")),
    EXPIRY("expiry", n -> JobOptions.DEFAULT.expiringIn(Duration.ofHours(1))),
    ID("explicit-id", n -> JobOptions.DEFAULT.withId("job-" + n)),
    /** A call of its own for each job, with a key. */
    IDEMPOTENCY_KEY("idempotency-key", n -> JobOptions.DEFAULT),
    UNIQUE("unique-key", n -> JobOptions.DEFAULT.withUnique(Uniqueness.of("key " + n))),
    GROUP("group", n -> JobOptions.DEFAULT.withGroup("group-" + n % 100)),
    RESULT("kept-result", n -> JobOptions.DEFAULT.withKeepResult(Duration.ofMinutes(1))),
    FOLLOW_UP("follow-up", n -> JobOptions.DEFAULT.withPriority(1));

    private final String label;
    private final LongFunction<JobOptions> options;

    Feature(String label, LongFunction<JobOptions> options) {
        this.label = label;
        this.options = options;
    }

    String label() {
        return label;
    }

    /** Options of the n-th job of a process. */
    JobOptions options(long n) {
        return options.apply(n);
    }

    /** So many jobs run for each one that is produced. */
    int jobsPerProduced() {
        return this == FOLLOW_UP ? 2 : 1;
    }

    static Optional<Feature> named(String label) {
        return Arrays.stream(values())
                .filter(feature -> feature.label.equals(label))
                .findFirst();
    }

    static String allLabels() {
        return Arrays.stream(values()).map(Feature::label).collect(Collectors.joining(", "));
    }
}
