package io.penstock.common.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.history.ErrorFingerprint;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobsPage;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BulkFilterTest {

    private static final Instant FROZEN = Instant.parse("2026-01-01T12:00:00Z");

    private static BulkFilter queue(String queue) {
        return new BulkFilter(queue, null, null, null, null, null, null, null, null);
    }

    private static BulkFilter states(String... states) {
        return new BulkFilter("orders", null, List.of(states), null, null, null, null, null, null);
    }

    private static JobsPage.Row job(JobState state, Instant enqueuedAt, String error) {
        JobLabels labels = new JobLabels(Optional.of("g1"), Optional.of("acme"), List.of("a", "b"));
        return new JobsPage.Row("1", "test.work", state, labels, enqueuedAt, error);
    }

    private static JobsPage.Row scheduled() {
        return job(JobState.SCHEDULED, FROZEN, null);
    }

    private static boolean matches(BulkFilter filter, JobsPage.Row job) {
        filter.check();
        return filter.matches(job, BulkAction.CANCEL, FROZEN);
    }

    private static void assertRefused(BulkFilter filter, String field) {
        assertThatThrownBy(filter::check)
                .isInstanceOfSatisfying(
                        InvalidFilterException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    @Test
    void refusesWhatDoesNotSayWhatIsMeant() {
        assertRefused(new BulkFilter(null, null, null, null, null, null, null, null, null), "queue");
        assertRefused(new BulkFilter(null, false, null, List.of("a"), null, null, null, null, null), "queue");
        assertRefused(new BulkFilter(null, null, null, List.of("a"), null, null, null, null, null), "queue");
        assertRefused(new BulkFilter(null, true, null, null, null, null, null, null, null), "allQueues");
        assertRefused(new BulkFilter("orders", true, null, null, null, null, null, null, null), "allQueues");
        assertThatCode(() -> queue("orders").check()).doesNotThrowAnyException();
        assertThatCode(() -> new BulkFilter(null, true, null, null, List.of("a"), null, null, null, null).check())
                .doesNotThrowAnyException();
    }

    @Test
    void refusesEmptyAndUnknownWords() {
        assertRefused(new BulkFilter("orders", null, List.of(), null, null, null, null, null, null), "states");
        assertRefused(states("completed"), "states");
        assertRefused(states("WAITING"), "states");
        assertRefused(new BulkFilter("orders", null, null, List.of(" "), null, null, null, null, null), "types");
        assertRefused(new BulkFilter("orders", null, null, null, null, "", null, null, null), "tenant");
        assertRefused(new BulkFilter("orders", null, null, null, null, null, null, -1L, null), "olderThanMs");
        assertRefused(
                new BulkFilter("orders", null, null, null, null, null, null, null, "x".repeat(201)), "errorContains");
    }

    @Test
    void neverMeansJobsAcceptedLater() {
        assertThat(matches(queue("orders"), scheduled())).isTrue();
        assertThat(matches(queue("orders"), job(JobState.SCHEDULED, FROZEN.plusMillis(1), null)))
                .isFalse();
        assertThat(matches(queue("orders"), job(JobState.SCHEDULED, null, null)))
                .as("nobody knows when it was accepted")
                .isFalse();
    }

    @Test
    void meansTheStatesOfTheActionUnlessTold() {
        assertThat(matches(queue("orders"), job(JobState.DEAD, FROZEN, "no"))).isFalse();
        assertThat(matches(queue("orders"), job(JobState.ACTIVE, FROZEN, null))).isTrue();
        assertThat(queue("orders").matches(job(JobState.DEAD, FROZEN, "no"), BulkAction.RETRY, FROZEN))
                .isTrue();
        assertThat(matches(states("scheduled", "waiting"), job(JobState.ACTIVE, FROZEN, null)))
                .isFalse();
        assertThat(matches(states("scheduled", "waiting"), scheduled())).isTrue();
    }

    @Test
    void meansJobsThatMeetEveryCriterion() {
        assertThat(matches(
                        new BulkFilter(
                                "o", null, null, List.of("test.work"), List.of("b", "a"), "acme", "g1", 0L, null),
                        scheduled()))
                .isTrue();
        assertThat(matches(
                        new BulkFilter("o", null, null, List.of("other"), null, null, null, null, null), scheduled()))
                .isFalse();
        assertThat(matches(
                        new BulkFilter("o", null, null, null, List.of("a", "c"), null, null, null, null), scheduled()))
                .isFalse();
        assertThat(matches(new BulkFilter("o", null, null, null, null, "other", null, null, null), scheduled()))
                .isFalse();
        assertThat(matches(new BulkFilter("o", null, null, null, null, null, "other", null, null), scheduled()))
                .isFalse();
        assertThat(matches(new BulkFilter("o", null, null, null, null, null, null, 1L, null), scheduled()))
                .isFalse();
    }

    @Test
    void looksForTextInTheError() {
        BulkFilter filter = new BulkFilter("o", null, List.of("dead"), null, null, null, null, null, "Time");

        assertThat(matches(filter, job(JobState.DEAD, FROZEN, "attempt 3 of 3: timed out")))
                .isTrue();
        assertThat(matches(filter, job(JobState.DEAD, FROZEN, "boom"))).isFalse();
        assertThat(matches(filter, job(JobState.DEAD, FROZEN, null))).isFalse();
    }

    @Test
    void meansTheJobsOfOneGroupOfErrors() {
        String fingerprint = ErrorFingerprint.of("offer 48213 has no price");
        BulkFilter filter = new BulkFilter("o", null, null, null, null, null, null, null, null, fingerprint);
        assertThat(retries(filter, job(JobState.DEAD, FROZEN, "offer 7 has no price")))
                .isTrue();
        assertThat(retries(filter, job(JobState.DEAD, FROZEN, "offer 7 has no name")))
                .isFalse();
        assertThat(retries(filter, job(JobState.DEAD, FROZEN, null))).isFalse();
        assertRefused(
                new BulkFilter("o", null, null, null, null, null, null, null, null, "0123456789ABCDEF"), "fingerprint");
        assertThatCode(() -> new BulkFilter(null, true, null, null, null, null, null, null, null, fingerprint).check())
                .doesNotThrowAnyException();
    }

    private static boolean retries(BulkFilter filter, JobsPage.Row job) {
        filter.check();
        return filter.matches(job, BulkAction.RETRY, FROZEN);
    }
}
