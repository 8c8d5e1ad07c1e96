package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobOptionsJsonTest {

    private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
    private final ObjectMapper mapper = new ObjectMapper();

    @Test
    void absentOptionsAreTheDefault() throws Exception {
        assertThat(options("{}")).isEqualTo(JobOptions.DEFAULT);
    }

    @Test
    void everyOptionArrives() throws Exception {
        JobOptions options = options(
                """
                {"id":"a-1","priority":7,"delayMs":1500,"attempts":5,"timeoutMs":60000,
                 "backoff":{"kind":"linear","delayMs":100,"capMs":1000,"jitter":0}}""");

        assertThat(options.id()).contains("a-1");
        assertThat(options.priority()).isEqualTo(7);
        assertThat(options.delay()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.attempts()).hasValue(5);
        assertThat(options.timeout()).contains(Duration.ofMinutes(1));
        assertThat(options.retry())
                .contains(new RetryPolicy(RetryPolicy.Kind.LINEAR, Duration.ofMillis(100), Duration.ofSeconds(1), 0));
    }

    @Test
    void aTimeStaysATime() throws Exception {
        assertThat(options("{\"runAt\":\"2026-01-01T00:01:00Z\"}").timing().startAt())
                .contains(NOW.plusSeconds(60));
        assertThat(options("{\"runAt\":\"2025-12-31T00:00:00Z\"}").timing().startAt())
                .isPresent();
    }

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        JobOptions all = JobOptions.DEFAULT
                .withId("a-1")
                .withPriority(3)
                .startingAt(NOW.plusSeconds(7))
                .expiringIn(Duration.ofSeconds(9))
                .withAttempts(4)
                .withRetry(RetryPolicy.fixed(Duration.ofMillis(5)))
                .withTimeout(Duration.ofSeconds(6))
                .withUnique(io.penstock.common.job.Uniqueness.replacing("key").within(Duration.ofMinutes(8)))
                .withGroup("group")
                .withTenant("tenant")
                .withTags("one", "two")
                .withKeepResult(Duration.ofHours(1));
        JobOptions others = JobOptions.DEFAULT.withDelay(Duration.ofSeconds(2)).expiringAt(NOW.plusSeconds(3));

        for (JobOptions options : java.util.List.of(all, others, JobOptions.DEFAULT)) {
            assertThat(options(mapper.writeValueAsString(JobOptionsJson.of(options))))
                    .isEqualTo(options);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"id":"a b"}                                     | options.id
                    {"id":""}                                        | options.id
                    {"priority":11}                                  | options.priority
                    {"priority":-1}                                  | options.priority
                    {"delayMs":-1}                                   | options.delayMs
                    {"delayMs":9223372036854775807}                  | options.delayMs
                    {"runAt":"tomorrow"}                             | options.runAt
                    {"runAt":"9999-01-01T00:00:00Z"}                 | options.runAt
                    {"runAt":"2026-01-01T00:01:00Z","delayMs":1}     | options.runAt
                    {"expiresInMs":0}                                | options.expiresInMs
                    {"expiresAt":"2025-12-31T00:00:00Z"}             | options.expiresAt
                    {"expiresAt":"2026-02-01T00:00:00Z","expiresInMs":1} | options.expiresAt
                    {"unique":{}}                                    | options.unique.key
                    {"unique":{"key":" "}}                           | options.unique.key
                    {"unique":{"key":"k","windowMs":0}}              | options.unique.windowMs
                    {"unique":{"key":"k","onConflict":"fight"}}      | options.unique.onConflict
                    {"group":"a;b"}                                  | options.group
                    {"tenant":""}                                    | options.tenant
                    {"tags":["a",null]}                              | options.tags[1]
                    {"tags":["1","2","3","4","5","6","7","8","9","10","11"]} | options.tags
                    {"keepResultMs":0}                               | options.keepResultMs
                    {"attempts":0}                                   | options.attempts
                    {"attempts":101}                                 | options.attempts
                    {"timeoutMs":0}                                  | options.timeoutMs
                    {"timeoutMs":86400001}                           | options.timeoutMs
                    {"backoff":{"kind":"random","delayMs":1}}        | options.backoff.kind
                    {"backoff":{}}                                   | options.backoff.delayMs
                    {"backoff":{"delayMs":-1}}                       | options.backoff.delayMs
                    {"backoff":{"delayMs":1,"capMs":-1}}             | options.backoff.capMs
                    {"backoff":{"delayMs":1,"jitter":1.5}}           | options.backoff.jitter""")
    void aWrongOptionIsNamedAsTheCallerWroteIt(String json, String field) {
        assertThatThrownBy(() -> options(json))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo(field));
    }

    private JobOptions options(String json) throws Exception {
        return mapper.readValue(json, JobOptionsJson.class).toJobOptions(InstantSource.fixed(NOW));
    }
}
