package io.penstock.common.templates;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** What is done for templates in the background, beside batches. */
@ApplicationScoped
public class TemplateJobs implements JobTypeSource {

    /** Makes the caches forget templates that a bulk operation changed, and all that inherit from them. */
    public static final JobType<ForgetTemplates> FORGET = JobType.of("templates.forget", ForgetTemplates.class)
            .queue("cleanup")
            .timeout(Duration.ofMinutes(1));

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(FORGET);
    }
}
