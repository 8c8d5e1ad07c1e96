package io.penstock.api.products;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.page.PageCursor;
import io.penstock.common.products.Metric;
import io.penstock.common.products.ProductGroup;
import io.penstock.common.products.ProductGroups;
import io.penstock.common.products.ProductHistory;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
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
import java.util.stream.Stream;
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

/** What a product is compared with. */
@Path("/api/products/groups")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Product groups", description = "A product and the competitors it is compared with")
@NeedsDatabase
public class ProductGroupsResource {

    private static final int MOST = 100;
    private static final int DEFAULT = 20;
    private static final String GROUP = "group";

    private final ProductGroups groups;
    private final ProductHistory history;
    private final InstantSource clock = InstantSource.system();

    /** A group that is to be. */
    @RegisterForReflection
    @Schema(name = "ProductGroupRequest")
    public record GroupBody(
            @Schema(required = true, description = "Id of the tracked product that is compared") @Nullable Long mainId,
            @Schema(required = true, description = "Unlike that of any other group of the user") @Nullable String name,
            @Schema(
                            required = true,
                            description = "3 to 5 ASINs of the same marketplace; the user tracks them from now on")
                    @Nullable
                    List<@Nullable String> competitors) {}

    /** What can be changed of a group. */
    @RegisterForReflection
    @Schema(name = "ProductGroupChange")
    public record GroupChange(
            @Schema(required = true, description = "Whether it is compared each week") @Nullable Boolean active) {}

    @Inject
    ProductGroupsResource(ProductGroups groups, ProductHistory history) {
        this.groups = groups;
        this.history = history;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Make a group")
    @APIResponse(
            responseCode = "201",
            description = "It is compared each week",
            content = @Content(schema = @Schema(implementation = ProductAnswer.Group.class)))
    public Uni<RestResponse<ProductAnswer.Group>> add(@Nullable GroupBody body) {
        GroupBody given = ProductRefusals.present("mainId", body);
        long mainId = ProductRefusals.present("mainId", given.mainId());
        String name = ProductRefusals.present("name", given.name());
        List<@Nullable String> competitors = ProductRefusals.present("competitors", given.competitors());
        for (int i = 0; i < competitors.size(); i++) {
            ProductRefusals.present("competitors[" + i + "]", competitors.get(i));
        }
        List<String> asins = competitors.stream().map(String::valueOf).toList();
        return ProductRefusals.told(() -> groups.add(mainId, name, asins))
                .map(found -> found.orElseThrow(() -> ProductRefusals.none("tracked product")))
                .map(group -> RestResponse.ResponseBuilder.create(
                                RestResponse.Status.CREATED, ProductAnswer.Group.of(group))
                        .location(URI.create("/api/products/groups/" + group.id()))
                        .build());
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List groups", description = "In the order in which they came.")
    @Parameter(
            name = "userId",
            in = ParameterIn.QUERY,
            description = "Only those of this user",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "100", defaultValue = "20"))
    public Uni<ProductAnswer.Groups> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "userId", "after", "limit");
        Long user = ProductRefusals.optionalId(parameters, "userId");
        ListPage page = ListPage.after(parameters, "product-groups", String.valueOf(user), MOST, DEFAULT);
        return groups.ids(ProductRefusals.place(page), user, page.limit()).chain(ids -> Multi.createFrom()
                .iterable(ids)
                .onItem()
                .transformToUniAndConcatenate(groups::find)
                .collect()
                .asList()
                .map(found -> new ProductAnswer.Groups(
                        found.stream()
                                .flatMap(Optional::stream)
                                .map(ProductAnswer.Group::of)
                                .toList(),
                        page.next(ids, PageCursor::of))));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one group")
    public Uni<ProductAnswer.Group> find(@Parameter(description = "Id of the group") @PathParam("id") String id) {
        return groups.find(ProductRefusals.id(id, GROUP)).map(ProductGroupsResource::required);
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Switch a group on or off")
    public Uni<ProductAnswer.Group> change(
            @Parameter(description = "Id of the group") @PathParam("id") String id, @Nullable GroupChange body) {
        long known = ProductRefusals.id(id, GROUP);
        boolean active = ProductRefusals.present("active", body == null ? null : body.active());
        return groups.activate(known, active).map(ProductGroupsResource::required);
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Remove a group", description = "With its reports. What it compared is tracked on.")
    @APIResponse(responseCode = "204", description = "Gone")
    public Uni<RestResponse<Void>> remove(@Parameter(description = "Id of the group") @PathParam("id") String id) {
        return groups.remove(ProductRefusals.id(id, GROUP)).map(gone -> {
            if (!gone) {
                throw ProductRefusals.none(GROUP);
            }
            return RestResponse.noContent();
        });
    }

    @GET
    @Path("/{id}/history")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the histories of a group side by side",
            description =
                    "One series for the main product, the first, and for each competitor; each of at most 1,000 points.")
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
            description = "Absent: 30 days before 'to'",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    public Uni<ProductAnswer.GroupHistory> history(
            @Parameter(description = "Id of the group") @PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "metric", "from", "to");
        Metric metric = Metric.ofWire(parameters.oneOf("metric", Metric.wires(), Metric.PRICE.wire()))
                .orElseThrow();
        HistorySpan span = HistorySpan.of(parameters, clock.instant());
        return groups.find(ProductRefusals.id(id, GROUP))
                .map(found -> found.orElseThrow(() -> ProductRefusals.none(GROUP)))
                .chain(group -> Multi.createFrom()
                        .items(Stream.concat(Stream.of(group.main().item()), group.competitors().stream()))
                        .onItem()
                        .transformToUniAndConcatenate(
                                item -> HistorySpan.asked(() -> history.of(item.id(), metric, span.from(), span.to()))
                                        .map(found -> ProductAnswer.Series.of(item, found.points())))
                        .collect()
                        .asList()
                        .map(series -> new ProductAnswer.GroupHistory(
                                group.id(), metric.wire(), span.from(), span.to(), series)));
    }

    private static ProductAnswer.Group required(Optional<ProductGroup> found) {
        return ProductAnswer.Group.of(found.orElseThrow(() -> ProductRefusals.none(GROUP)));
    }
}
