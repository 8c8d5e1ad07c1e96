package com.example.invoices.backoffice;

import com.example.invoices.CountOpen;
import com.example.invoices.InvoiceJobs;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.BlockingJobHandler;
import io.penstock.worker.run.JobContext;
import jakarta.enterprise.context.ApplicationScoped;

/** Counts open invoices, with calls that block: it has a thread of its own. */
@ApplicationScoped
class CountOpenHandler implements BlockingJobHandler<CountOpen> {

    @Override
    public JobType<CountOpen> type() {
        return InvoiceJobs.COUNT_OPEN;
    }

    @Override
    public Outcome handle(CountOpen nothing, JobContext job) {
        job.log("everything is paid");
        return Outcome.completed(0);
    }
}
