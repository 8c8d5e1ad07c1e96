package com.example.invoices;

import io.penstock.common.schedule.DeclaredSchedule;
import io.penstock.common.schedule.ScheduleSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** When what happens by itself. */
@ApplicationScoped
public class InvoiceSchedules implements ScheduleSource {

    @Override
    public List<DeclaredSchedule> schedules() {
        return List.of(DeclaredSchedule.of(
                "count-open-invoices",
                "Open invoices",
                "Counts the invoices that nobody has paid.",
                "0 7 * * *",
                "Europe/Berlin",
                InvoiceJobs.COUNT_OPEN.name(),
                "{}"));
    }
}
