package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The slowest path of the API. */
@ApplicationScoped
class AnswerTimeRule implements AlertRule {

    static final String SUBJECT = "monitor/answer-time";
    /** A mean of less says nothing. */
    static final long ENOUGH = 20;

    private static final Duration LOOK_BACK = Duration.ofMinutes(5);

    private final SampleStore samples;
    private final MonitorConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    AnswerTimeRule(SampleStore samples, MonitorConfig config) {
        this.samples = samples;
        this.config = config;
    }

    @Override
    public String name() {
        return "answer-time";
    }

    @Override
    public Uni<List<Finding>> judge() {
        Instant now = clock.instant();
        return samples.answers(now.minus(LOOK_BACK), now.plusSeconds(60))
                .map(answers -> of(answers, config.maxAnswerTime()));
    }

    static List<Finding> of(List<AnswerPeriod> answers, Duration bound) {
        Optional<AnswerPeriod> slowest = answers.stream()
                .filter(each -> each.answers() >= ENOUGH)
                .max((a, b) -> Double.compare(a.meanMillis(), b.meanMillis()));
        return Judgement.of(
                SUBJECT,
                Severity.WARNING,
                slowest.map(AnswerPeriod::meanMillis).orElse(0.0),
                (double) bound.toMillis(),
                slowest.map(each -> String.format(
                                Locale.ROOT,
                                "%s took %.0f ms in the mean of %d answers, the bound is %d ms",
                                each.uri(),
                                each.meanMillis(),
                                each.answers(),
                                bound.toMillis()))
                        .orElse("no path was asked for often enough to be judged"));
    }
}
