package io.penstock.worker.maintenance;

import io.penstock.common.maintenance.HealthReportStore;
import io.penstock.common.retention.OldData;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;

/** Results of health checks, where they are kept for longer than other data. */
@ApplicationScoped
class OldHealthChecks implements OldData {

    private final HealthReportStore reports;

    @Inject
    OldHealthChecks(HealthReportStore reports) {
        this.reports = reports;
    }

    @Override
    public String name() {
        return "health-checks";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        return reports.forget(before, most);
    }
}
