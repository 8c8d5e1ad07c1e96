package com.example.invoices.backoffice;

import com.example.invoices.InvoiceJobs;
import com.example.invoices.WriteInvoice;
import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;

/** Writes an invoice. The same order makes the same number, so that a job may run twice. */
@ApplicationScoped
class WriteInvoiceHandler implements JobHandler<WriteInvoice> {

    /** What callers are told who ask for the result. */
    record Invoice(String number, String total) {}

    @Override
    public JobType<WriteInvoice> type() {
        return InvoiceJobs.WRITE;
    }

    @Override
    public Uni<Outcome> handle(WriteInvoice order, JobContext job) {
        job.log("writing the invoice of order " + order.order());
        String total = "%d.%02d".formatted(order.cents() / 100, order.cents() % 100);
        return Uni.createFrom().item(Outcome.completed(new Invoice("INV-" + order.order(), total)));
    }
}
