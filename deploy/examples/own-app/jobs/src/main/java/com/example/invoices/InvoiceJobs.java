package com.example.invoices;

import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The job types, for those who enqueue and those who handle. */
@ApplicationScoped
public class InvoiceJobs implements JobTypeSource {

    private static final String QUEUE = "invoices";

    public static final JobType<WriteInvoice> WRITE =
            JobType.of("invoices.write", WriteInvoice.class).queue(QUEUE);

    public static final JobType<CountOpen> COUNT_OPEN =
            JobType.of("invoices.count_open", CountOpen.class).queue(QUEUE);

    @Override
    public List<JobType<?>> jobTypes() {
        return List.of(WRITE, COUNT_OPEN);
    }
}
