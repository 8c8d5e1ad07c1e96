package io.penstock.worker.maintenance;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.maintenance.HealthReport;
import io.penstock.common.maintenance.HealthReport.Part;
import io.penstock.common.maintenance.HealthReport.Status;
import java.util.List;
import java.util.Optional;

/**
 * Says which parts of a health check are news. Pure. What has failed is told at once, since it was asked several times; that
 * it is well again is told after two checks in a row, so that what comes and goes is one alert. Queues are compared with the
 * check before as it is, and are well as soon as they move.
 */
final class HealthFindings {

    private static final String QUEUE = "queue/";
    private static final List<String> CRITICAL = List.of("postgresql", "redis");

    private HealthFindings() {}

    static List<Finding> of(HealthReport report, Optional<HealthReport> previous) {
        return report.parts().stream()
                .flatMap(part -> finding(part, previous).stream())
                .toList();
    }

    private static Optional<Finding> finding(Part part, Optional<HealthReport> previous) {
        String subject = "health/" + part.name();
        if (isBad(part)) {
            Severity severity = part.status() == Status.DOWN ? Severity.CRITICAL : Severity.WARNING;
            return Optional.of(Finding.wrong(subject, severity, part.name() + " " + part.detail()));
        }
        boolean wasWell = part.name().startsWith(QUEUE)
                || previous.stream()
                        .flatMap(before -> before.parts().stream())
                        .filter(before -> before.name().equals(part.name()))
                        .noneMatch(HealthFindings::isBad);
        return wasWell ? Optional.of(Finding.well(subject, part.name() + " is well again")) : Optional.empty();
    }

    /** PostgreSQL and Redis may be degraded for ever, such as by their settings: that is told elsewhere. */
    private static boolean isBad(Part part) {
        return CRITICAL.contains(part.name()) ? part.status() == Status.DOWN : part.status() != Status.UP;
    }
}
