package io.penstock.worker.maintenance;

import io.penstock.common.alert.Alerts;
import io.penstock.common.alert.Finding;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.QueueMonitor;
import io.penstock.common.monitor.AlertRules;
import io.penstock.common.queue.QueueStatus;
import io.penstock.common.report.QueueSamples;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures the queues, keeps the figures for reports, and reports those that are too full, together with what the other rules find; the
 * alerts know whether that is news.
 */
@ApplicationScoped
class QueueMonitorHandler implements JobHandler<QueueMonitor> {

    /** What a run found. */
    record Report(int queues, long tooFull, int changed) {}

    private final QueueStatuses statuses;
    private final QueueDepths depths;
    private final QueueSamples samples;
    private final AlertRules rules;
    private final Alerts alerts;
    private final MaintenanceConfig.QueueMonitor config;

    @Inject
    QueueMonitorHandler(
            QueueStatuses statuses,
            QueueDepths depths,
            QueueSamples samples,
            AlertRules rules,
            Alerts alerts,
            MaintenanceConfig config) {
        this.statuses = statuses;
        this.depths = depths;
        this.samples = samples;
        this.rules = rules;
        this.alerts = alerts;
        this.config = config.queueMonitor();
    }

    @Override
    public JobType<QueueMonitor> type() {
        return MaintenanceJobs.QUEUE_MONITOR;
    }

    @Override
    public Uni<Outcome> handle(QueueMonitor payload, JobContext context) {
        return statuses.all()
                .invoke(depths::measured)
                .call(samples::add)
                .call(samples::forget)
                .chain(this::report)
                .map(Outcome::completed);
    }

    private Uni<Report> report(List<QueueStatus> queues) {
        List<Finding> findings = queues.stream()
                .flatMap(queue -> new DepthCheck(config, queue.queue()).of(queue))
                .toList();
        long tooFull = findings.stream().filter(Finding::wrong).count();
        return rules.judge()
                .chain(found -> alerts.report(
                        Stream.concat(findings.stream(), found.stream()).toList()))
                .map(changed -> new Report(queues.size(), tooFull, changed.size()));
    }
}
