package io.penstock.common.monitor;

import io.penstock.common.monitor.SystemReport.Figure;
import io.smallrye.mutiny.Uni;
import java.time.Instant;
import java.util.List;

/** Figures that a workload adds to system reports: a bean. One that fails adds none. */
public interface ReportFigures {

    /** From one time to before another. */
    Uni<List<Figure>> between(Instant from, Instant to);
}
