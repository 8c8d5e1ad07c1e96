package com.example.invoices.shop;

import com.example.invoices.InvoiceJobs;
import com.example.invoices.WriteInvoice;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;

/** Takes orders. Whoever orders does not wait for the invoice. */
@Path("/orders/{order}")
public class OrdersResource {

    /** @param job the id of the job that writes the invoice */
    public record Accepted(String job) {}

    private final JobEnqueuer jobs;

    public OrdersResource(JobEnqueuer jobs) {
        this.jobs = jobs;
    }

    @POST
    public Uni<Accepted> order(@PathParam("order") String order) {
        return jobs.enqueue(InvoiceJobs.WRITE, new WriteInvoice(order, 4_900))
                .map(enqueued -> new Accepted(enqueued.jobId()));
    }
}
