package io.penstock.worker.products;

import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.SystemAlert;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Raises an alert of the deployment, as those of the platform are, or ends it. Told once, however often it is raised. */
@ApplicationScoped
class SystemAlertHandler implements JobHandler<SystemAlert> {

    private final Alerts alerts;

    @Inject
    SystemAlertHandler(Alerts alerts) {
        this.alerts = alerts;
    }

    @Override
    public JobType<SystemAlert> type() {
        return ProductJobs.SYSTEM_ALERT;
    }

    @Override
    public Uni<Outcome> handle(SystemAlert payload, JobContext context) {
        String subject = "products/" + payload.subject();
        Finding finding = Boolean.TRUE.equals(payload.over())
                ? Finding.well(subject, payload.message())
                : Finding.wrong(
                        subject,
                        "critical".equals(payload.severity()) ? Severity.CRITICAL : Severity.WARNING,
                        payload.message());
        return alerts.report(List.of(finding)).replaceWith(Outcome.completed());
    }
}
