package io.penstock.api.orders;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.orders.Availability;
import io.penstock.common.orders.Concert;
import io.penstock.common.orders.Concerts;
import io.penstock.common.page.PageCursor;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** The concerts that are sold, and what is left of their tickets. */
@Path("/api/concerts")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Concerts", description = "What the ticket shop sells")
public class ConcertsResource {

    private final Concerts concerts;
    private final TieredCache<Long, Availability> availability;

    /** A page of concerts. */
    @RegisterForReflection
    @Schema(name = "Concerts")
    public record ConcertList(
            List<Concert> concerts,
            @Schema(description = "'before' of the next page; absent: there is none") @Nullable String next) {}

    @Inject
    ConcertsResource(Concerts concerts, TieredCaches caches) {
        this.concerts = concerts;
        this.availability = availabilityOf(caches);
    }

    @SuppressWarnings("unchecked")
    private static TieredCache<Long, Availability> availabilityOf(TieredCaches caches) {
        return (TieredCache<Long, Availability>)
                caches.find(AvailabilityCache.NAME).orElseThrow();
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @NeedsDatabase
    @Operation(summary = "Sell a concert", description = "All or nothing, with all its sessions and tickets.")
    @APIResponse(
            responseCode = "201",
            description = "Its tickets can be held",
            content = @Content(schema = @Schema(implementation = Availability.class)))
    public Uni<RestResponse<Availability>> add(@Nullable ConcertBody body) {
        ConcertBody present = Bodies.present("name", body);
        return ShopRefusals.told(() -> concerts.add(present.spec()))
                .chain(id -> concerts.availability(id).map(found -> found.orElseThrow()))
                .map(made -> RestResponse.ResponseBuilder.create(RestResponse.Status.CREATED, made)
                        .location(URI.create("/api/concerts/" + made.concert().id() + "/availability"))
                        .build());
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @NeedsDatabase
    @Operation(summary = "List concerts", description = "The latest first.")
    @Parameter(ref = ListPage.BEFORE)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<ConcertList> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "before", "limit");
        ListPage page = ListPage.before(parameters, "concerts", "");
        long before = page.start(place -> place.number(0)).orElse(Long.MAX_VALUE);
        return concerts.list(before, page.limit())
                .map(found -> new ConcertList(found, page.next(found, last -> PageCursor.of(last.id()))));
    }

    @GET
    @Path("/{id}/availability")
    @RolesAllowed(Role.VIEW)
    @NeedsDatabase
    @Operation(
            summary = "See what is left",
            description = "Up to a second old. What counts is what a hold is answered: no more is sold than there is.")
    public Uni<Availability> availability(@Parameter(description = "Id of the concert") @PathParam("id") String id) {
        return availability.get(known(id)).map(found -> {
            if (found == null) {
                throw noSuchConcert();
            }
            return found;
        });
    }

    private static long known(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw noSuchConcert();
        }
    }

    private static ProblemException noSuchConcert() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No concert has this id.");
    }
}
