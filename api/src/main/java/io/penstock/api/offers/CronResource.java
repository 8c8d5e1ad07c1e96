package io.penstock.api.offers;

import io.penstock.api.audit.Unaudited;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.security.Role;
import io.penstock.common.job.JobOptions;
import io.penstock.common.offers.HighFetch;
import io.penstock.common.offers.OfferSweeps;
import io.penstock.common.offers.OffersJobs;
import io.penstock.common.queue.JobEnqueuer;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/**
 * Where cron services knock. GET and POST do the same, because not every service can send both; asking again while the
 * work waits or runs adds nothing, so a service may repeat as it likes.
 */
@Path("/api/cron")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Cron", description = "Triggers for cron services; takes the cron secret or an operator's key")
@NeedsDatabase(getWrites = true)
public class CronResource {

    /** One fetch at a time: a second trigger finds the first by this id. */
    static final String HIGH_FETCH_ID = "offers-high";

    private final JobEnqueuer enqueuer;
    private final OfferSweeps sweeps;

    @Inject
    CronResource(JobEnqueuer enqueuer, OfferSweeps sweeps) {
        this.enqueuer = enqueuer;
        this.sweeps = sweeps;
    }

    @GET
    @Unaudited
    @RolesAllowed(Role.TRIGGER)
    @Operation(summary = "Start the high-priority fetch or a sweep")
    public Uni<CronAnswer> get(@BeanParam CronQuery query) {
        return start(CronRequest.of(query.given()));
    }

    @POST
    @Unaudited
    @RolesAllowed(Role.TRIGGER)
    @Operation(
            summary = "Start the high-priority fetch or a sweep",
            description = "The same as GET; a body is not read.")
    public Uni<CronAnswer> post(@BeanParam CronQuery query) {
        return start(CronRequest.of(query.given()));
    }

    private Uni<CronAnswer> start(CronRequest request) {
        return request.sweep()
                .map(sweep -> sweeps.start(sweep).map(CronAnswer::of))
                .orElseGet(() -> enqueuer.enqueue(
                                OffersJobs.HIGH_FETCH, new HighFetch(), JobOptions.DEFAULT.withId(HIGH_FETCH_ID))
                        .map(CronAnswer::of));
    }
}
