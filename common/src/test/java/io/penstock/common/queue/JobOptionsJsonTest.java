package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.Timing;
import io.penstock.common.job.Uniqueness;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
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
                 "backoff":{"kind":"linear","delayMs":100,"capMs":1000,"jitter":0},"expiresInMs":5000,
                 "unique":{"key":"k:{}","windowMs":900,"onConflict":"replace"},"group":"shop-1","tenant":"acme",
                 "tags":["a","b"],"keepResultMs":7000}""");

        assertThat(options.id()).contains("a-1");
        assertThat(options.priority()).isEqualTo(7);
        assertThat(options.delay()).isEqualTo(Duration.ofMillis(1500));
        assertThat(options.attempts()).hasValue(5);
        assertThat(options.timeout()).contains(Duration.ofMinutes(1));
        assertThat(options.retry())
                .contains(new RetryPolicy(RetryPolicy.Kind.LINEAR, Duration.ofMillis(100), Duration.ofSeconds(1), 0));
        assertThat(options.timing().expiresIn()).contains(Duration.ofSeconds(5));
        assertThat(options.unique())
                .contains(new Uniqueness("k:{}", Duration.ofMillis(900), Uniqueness.OnConflict.REPLACE));
        assertThat(options.labels())
                .isEqualTo(new JobLabels(Optional.of("shop-1"), Optional.of("acme"), List.of("a", "b")));
        assertThat(options.keepResult()).contains(Duration.ofSeconds(7));
    }

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        String all =
                """
                {"id":"a-1","priority":7,"runAt":"2026-01-02T00:00:00Z","attempts":5,"timeoutMs":60000,
                 "backoff":{"kind":"fixed","delayMs":100},"expiresAt":"2026-01-03T00:00:00Z","unique":{"key":"k"},
                 "group":"g","tenant":"t","tags":["a"],"keepResultMs":1}""";
        for (String json : List.of(all, "{}", "{\"delayMs\":3,\"expiresInMs\":4}")) {
            JobOptions options = options(json);

            String written = mapper.writeValueAsString(JobOptionsJson.of(options));

            assertThat(options(written)).isEqualTo(options);
        }
    }

    @Test
    void defaultsAreLeftOut() throws Exception {
        assertThat(mapper.writeValueAsString(JobOptionsJson.of(JobOptions.DEFAULT)))
                .isEqualTo("{}");
    }

    @Test
    void aTimeIsKeptAsATime() throws Exception {
        Timing timing = options("{\"runAt\":\"2026-01-01T00:01:00Z\",\"expiresAt\":\"2026-01-01T00:02:00Z\"}")
                .timing();

        assertThat(timing.startAt()).contains(NOW.plusSeconds(60));
        assertThat(timing.expiresAt()).contains(NOW.plusSeconds(120));
        assertThat(options("{\"runAt\":\"2025-12-31T00:00:00Z\"}").timing().startAt())
                .contains(Instant.parse("2025-12-31T00:00:00Z"));
    }

    @Test
    void anIdCannotLeaveItsKey() {
        for (String id : List.of("a:b", "{a}", "a}b", "a\nb", "x".repeat(10_000), "a~b", "a;b", "\0", "é")) {
            assertThatThrownBy(() -> new JobOptionsJson(
                                    id, null, null, null, null, null, null, null, null, null, null, null, null, null)
                            .toJobOptions(InstantSource.fixed(NOW)))
                    .isInstanceOfSatisfying(InvalidJobException.class, e -> assertThat(e.field())
                            .isEqualTo("options.id"));
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
                    {"runAt":"2027-06-01T00:00:00Z"}                 | options.runAt
                    {"runAt":"1969-12-31T23:59:59Z"}                 | options.runAt
                    {"expiresInMs":0}                                | options.expiresInMs
                    {"expiresInMs":-1}                               | options.expiresInMs
                    {"expiresInMs":9223372036854775807}              | options.expiresInMs
                    {"expiresAt":"9999-01-01T00:00:00Z"}             | options.expiresAt
                    {"expiresAt":"2025-12-31T00:00:00Z"}             | options.expiresAt
                    {"expiresAt":"soon"}                             | options.expiresAt
                    {"expiresAt":"2026-01-02T00:00:00Z","expiresInMs":1} | options.expiresAt
                    {"unique":{}}                                    | options.unique.key
                    {"unique":{"key":" "}}                           | options.unique.key
                    {"unique":{"key":"k","windowMs":0}}              | options.unique.windowMs
                    {"unique":{"key":"k","windowMs":9223372036854775807}} | options.unique.windowMs
                    {"unique":{"key":"k","onConflict":"drop"}}       | options.unique.onConflict
                    {"group":"a b"}                                  | options.group
                    {"group":""}                                     | options.group
                    {"tenant":"a;b"}                                 | options.tenant
                    {"tags":["a","b,c"]}                             | options.tags[1]
                    {"tags":[null]}                                  | options.tags[0]
                    {"tags":["1","2","3","4","5","6","7","8","9","10","11"]} | options.tags
                    {"keepResultMs":0}                               | options.keepResultMs
                    {"keepResultMs":604800001}                       | options.keepResultMs
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
