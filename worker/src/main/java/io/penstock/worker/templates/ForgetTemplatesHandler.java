package io.penstock.worker.templates;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.templates.ForgetTemplates;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplateJobs;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/** Makes the caches of all processes forget what a bulk operation changed. May run twice: what is forgotten is read again. */
@ApplicationScoped
class ForgetTemplatesHandler implements JobHandler<ForgetTemplates> {

    private final TemplateCaches caches;

    @Inject
    ForgetTemplatesHandler(TemplateCaches caches) {
        this.caches = caches;
    }

    @Override
    public JobType<ForgetTemplates> type() {
        return TemplateJobs.FORGET;
    }

    @Override
    public Uni<Outcome> handle(ForgetTemplates payload, JobContext context) {
        return caches.changed(payload.tenant(), payload.ids()).replaceWith(Outcome.completed());
    }
}
