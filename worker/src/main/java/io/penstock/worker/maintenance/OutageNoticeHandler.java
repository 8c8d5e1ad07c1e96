package io.penstock.worker.maintenance;

import io.penstock.common.alert.AlertDigest;
import io.penstock.common.alert.AlertNotice;
import io.penstock.common.alert.AlertSink;
import io.penstock.common.alert.Severity;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.common.maintenance.MaintenanceJobs;
import io.penstock.common.maintenance.OutageNotice;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.List;

/** Tells every channel directly, without PostgreSQL. Where one does not take it the job is tried again, and the others may hear of it twice. */
@ApplicationScoped
class OutageNoticeHandler implements JobHandler<OutageNotice> {

    private static final String SUBJECT = "health/postgresql";

    private final List<AlertSink> sinks;

    @Inject
    OutageNoticeHandler(@Any Instance<AlertSink> sinks) {
        this(sinks.stream().toList());
    }

    OutageNoticeHandler(List<AlertSink> sinks) {
        this.sinks = sinks.stream().filter(AlertSink::isOn).toList();
    }

    @Override
    public JobType<OutageNotice> type() {
        return MaintenanceJobs.OUTAGE_NOTICE;
    }

    @Override
    public Uni<Outcome> handle(OutageNotice payload, JobContext context) {
        AlertDigest digest = new AlertDigest(List.of(notice(payload)), 1);
        return Multi.createFrom()
                .iterable(sinks)
                .onItem()
                .transformToUniAndConcatenate(sink -> sink.send(digest))
                .collect()
                .last()
                .replaceWith(Outcome.completed());
    }

    /** Of stored alerts the ids are small numbers: this one meets none of them. */
    private static AlertNotice notice(OutageNotice outage) {
        return new AlertNotice(
                outage.noticedAtMs(),
                SUBJECT,
                Severity.CRITICAL,
                !outage.over(),
                outage.over() ? "postgresql answers again" : "postgresql does not answer",
                Instant.ofEpochMilli(outage.noticedAtMs()));
    }
}
