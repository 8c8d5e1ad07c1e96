package io.penstock.api.products;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.page.PageCursor;
import io.penstock.common.products.Anomalies;
import io.penstock.common.products.Metric;
import io.penstock.common.products.ProductHistory;
import io.penstock.common.products.TrackedProduct;
import io.penstock.common.products.Tracking;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Tracks products, and shows them with their history. */
@Path("/api/products")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Products", description = "Products of a marketplace that are tracked, their history, and what moved")
@NeedsDatabase
public class ProductsResource {

    private static final int MOST_ANOMALIES = 1_000;
    private static final String PRODUCT = "tracked product";

    private final Tracking tracking;
    private final ProductHistory history;
    private final Anomalies anomalies;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ProductsResource(Tracking tracking, ProductHistory history, Anomalies anomalies) {
        this.tracking = tracking;
        this.history = history;
        this.anomalies = anomalies;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Track a product",
            description = "One that was never read is read at once. A product that the user tracks already gets the"
                    + " settings that are given, and is answered with 200.")
    @APIResponse(
            responseCode = "201",
            description = "Tracked",
            content = @Content(schema = @Schema(implementation = ProductAnswer.class)))
    @APIResponse(
            responseCode = "200",
            description = "Tracked before",
            content = @Content(schema = @Schema(implementation = ProductAnswer.class)))
    public Uni<RestResponse<ProductAnswer>> track(@Nullable TrackBody body) {
        TrackBody given = ProductRefusals.present("asin", body);
        long userId = ProductRefusals.present("userId", given.userId());
        String asin = ProductRefusals.present("asin", given.asin());
        return ProductRefusals.told(() -> tracking.track(userId, given.market(), asin, given.spec()))
                .map(found -> answer(found.orElseThrow(() -> ProductRefusals.none("user"))));
    }

    private static RestResponse<ProductAnswer> answer(Tracking.Tracked tracked) {
        RestResponse.Status status = tracked.added() ? RestResponse.Status.CREATED : RestResponse.Status.OK;
        return RestResponse.ResponseBuilder.create(status, ProductAnswer.of(tracked.product()))
                .location(URI.create("/api/products/" + tracked.product().id()))
                .build();
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List tracked products", description = "In the order in which they came.")
    @Parameter(
            name = "userId",
            in = ParameterIn.QUERY,
            description = "Only those of this user",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "active",
            in = ParameterIn.QUERY,
            description = "Absent: all",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"true", "false", "all"},
                            defaultValue = "all"))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<ProductAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "userId", "active", "after", "limit");
        String active = parameters.oneOf("active", List.of("true", "false", "all"), "all");
        Long user = ProductRefusals.optionalId(parameters, "userId");
        ListPage page = ListPage.after(parameters, "products", active + " " + user);
        return tracking.list(
                        ProductRefusals.place(page),
                        user,
                        active.equals("all") ? null : Boolean.valueOf(active),
                        page.limit())
                .map(found -> new ProductAnswer.Page(
                        found.stream().map(ProductAnswer::of).toList(),
                        page.next(found, last -> PageCursor.of(last.id()))));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one tracked product")
    public Uni<ProductAnswer> find(@Parameter(description = "Id of what is tracked") @PathParam("id") String id) {
        return product(id).map(ProductAnswer::of);
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Change how a product is tracked", description = "Absent fields stay as they are.")
    public Uni<ProductAnswer> change(
            @Parameter(description = "Id of what is tracked") @PathParam("id") String id,
            TrackBody.@Nullable Change body) {
        long known = ProductRefusals.id(id, PRODUCT);
        TrackBody.Change given = ProductRefusals.present("frequency", body);
        return ProductRefusals.told(() -> tracking.change(known, given.spec())).map(ProductsResource::required);
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Stop tracking a product",
            description = "Its anomalies and the groups it is the main product of go. The history stays, for others who"
                    + " track it.")
    @APIResponse(responseCode = "204", description = "Not tracked any more")
    public Uni<RestResponse<Void>> untrack(
            @Parameter(description = "Id of what is tracked") @PathParam("id") String id) {
        return tracking.untrack(ProductRefusals.id(id, PRODUCT)).map(gone -> {
            if (!gone) {
                throw ProductRefusals.none(PRODUCT);
            }
            return RestResponse.noContent();
        });
    }

    @GET
    @Path("/{id}/history")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the history of a product",
            description =
                    "At most 1,000 points: where there are more readings, those of equal spans of time are one point"
                            + " with their last, least and greatest value.")
    @Parameter(
            name = "metric",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"price", "rank", "rating", "reviews", "buy_box"},
                            defaultValue = "price"))
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Such as 2026-01-31T08:00:00Z; absent: 30 days before 'to'",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Up to, but without this time; absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    public Uni<ProductAnswer.History> history(
            @Parameter(description = "Id of what is tracked") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "metric", "from", "to");
        Metric metric = Metric.ofWire(parameters.oneOf("metric", Metric.wires(), Metric.PRICE.wire()))
                .orElseThrow();
        HistorySpan span = HistorySpan.of(parameters, clock.instant());
        return product(id).chain(product -> HistorySpan.asked(
                        () -> history.of(product.item().id(), metric, span.from(), span.to()))
                .map(found -> new ProductAnswer.History(
                        product.id(),
                        metric.wire(),
                        span.from(),
                        span.to(),
                        found.days() ? "days" : "readings",
                        found.points().stream().map(ProductAnswer.Point::of).toList())));
    }

    @GET
    @Path("/{id}/anomalies")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "See what moved",
            description = "By more than the user's thresholds. The latest first, at most 1,000.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "Absent: 30 days before 'to'",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    public Uni<ProductAnswer.Anomalies> anomalies(
            @Parameter(description = "Id of what is tracked") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "from", "to");
        HistorySpan span = HistorySpan.of(parameters, clock.instant());
        return product(id)
                .chain(product -> anomalies.of(product.id(), span.from(), span.to(), MOST_ANOMALIES))
                .map(found -> new ProductAnswer.Anomalies(
                        found.stream().map(ProductAnswer.AnomalyAnswer::of).toList()));
    }

    private Uni<TrackedProduct> product(String id) {
        return tracking.find(ProductRefusals.id(id, PRODUCT))
                .map(found -> found.orElseThrow(() -> ProductRefusals.none(PRODUCT)));
    }

    private static ProductAnswer required(Optional<TrackedProduct> found) {
        return ProductAnswer.of(found.orElseThrow(() -> ProductRefusals.none(PRODUCT)));
    }
}
