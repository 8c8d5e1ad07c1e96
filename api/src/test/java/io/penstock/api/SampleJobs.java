package io.penstock.api;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.Secret;
import io.quarkus.runtime.annotations.RegisterForReflection;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotBlank;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Job types of the tests: nothing handles them, so their jobs stay where they are. */
@ApplicationScoped
public class SampleJobs implements JobTypeSource {

    /** Two fields, both with limits. */
    @RegisterForReflection
    public record Note(@NotBlank String text, @Min(0) @Max(1000) int ms) {}

    public static final JobType<Note> NOTE =
            JobType.of("sample.note", Note.class).queue("product-update");

    /** Must arrive digit for digit. */
    @RegisterForReflection
    public record Price(BigDecimal amount, Double factor) {}

    public static final JobType<Price> PRICE =
            JobType.of("sample.price", Price.class).queue("product-update");

    /** In a queue of its own, for tests that empty it. */
    public static final JobType<Note> REPORT =
            JobType.of("sample.report", Note.class).queue("sample-reports");

    /** In a queue of its own, which a test works off. */
    public static final JobType<Note> WORD =
            JobType.of("sample.word", Note.class).queue("sample-words");

    public static final JobType<Note> SECRET =
            JobType.of("sample.secret", Note.class).queue("sample-words").encrypted();

    public static final JobType<Note> GATHERED =
            JobType.of("sample.gathered", Note.class).queue("sample-reports").gather(3, Duration.ofMinutes(10));

    /** In a queue of its own, to which anything may be done. */
    public static final JobType<Note> FUZZED =
            JobType.of("sample.fuzzed", Note.class).queue("fuzzed");

    /** Holds what nobody should read in passing. */
    @RegisterForReflection
    public record Charge(String order, @Secret String card, @Nullable List<Contact> contacts) {}

    /** Within a charge. */
    @RegisterForReflection
    public record Contact(String name, @Secret String phone) {}

    public static final JobType<Charge> CHARGE =
            JobType.of("sample.charge", Charge.class).queue("sample-reports");

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(GATHERED, NOTE, PRICE, REPORT, WORD, SECRET, CHARGE, FUZZED);
    }
}
