package io.penstock.api.orders;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.orders.Hold;
import io.penstock.common.orders.Order;
import io.penstock.common.orders.OrderQueries;
import io.penstock.common.orders.OrderQueries.Place;
import io.penstock.common.orders.OrderState;
import io.penstock.common.orders.Orders;
import io.penstock.common.page.InvalidCursorException;
import io.penstock.common.page.PageCursor;
import io.penstock.common.queue.IdempotencyKey;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
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

/** Holds tickets, pays and cancels orders, and shows them. */
@Path("/api/orders")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Orders", description = "Tickets that are held for a while, and bought or given back")
@NeedsDatabase
public class OrdersResource {

    private static final String KEY =
            "Makes the call safe to repeat: 1 to 255 visible characters. A repetition is answered with the first call's"
                    + " order";

    private final Orders orders;
    private final OrderQueries queries;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    OrdersResource(Orders orders, OrderQueries queries, SecurityIdentity identity) {
        this.orders = orders;
        this.queries = queries;
        this.identity = identity;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Hold tickets",
            description = "They are kept from others until the order is paid, cancelled or expires. 409 sold-out where"
                    + " fewer are left.")
    @APIResponse(
            responseCode = "201",
            description = "Held",
            content = @Content(schema = @Schema(implementation = OrderAnswer.class)))
    @APIResponse(
            responseCode = "200",
            description = "Held before, with the same Idempotency-Key",
            content = @Content(schema = @Schema(implementation = OrderAnswer.class)))
    public Uni<RestResponse<OrderAnswer>> hold(
            @Parameter(description = KEY) @HeaderParam("Idempotency-Key") @Nullable String idempotencyKey,
            @Nullable HoldBody body) {
        HoldBody present = Bodies.present("email", body);
        return ShopRefusals.told(() -> orders.hold(present.request(keyOf(idempotencyKey))))
                .map(this::answer);
    }

    private RestResponse<OrderAnswer> answer(Hold hold) {
        RestResponse.Status status = hold.created() ? RestResponse.Status.CREATED : RestResponse.Status.OK;
        return RestResponse.ResponseBuilder.create(status, shown(hold.order()))
                .location(URI.create("/api/orders/" + hold.order().id()))
                .build();
    }

    /** A key belongs to the API key that it came with, as those of jobs do. */
    private Optional<IdempotencyKey> keyOf(@Nullable String header) {
        if (header == null) {
            return Optional.empty();
        }
        try {
            return Optional.of(new IdempotencyKey(Caller.of(identity).id(), header));
        } catch (InvalidJobException e) {
            throw ProblemException.at(
                    "Idempotency-Key", ProblemCode.INVALID_PARAMETER, "Idempotency-Key: " + e.reason());
        }
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "List orders of one state",
            description = "Pending ones: those that expire first come first. Others: the latest first.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"pending", "paid", "expired", "cancelled"},
                            defaultValue = "pending"))
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<OrderAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "state", "after", "limit");
        OrderState state = OrderState.ofWire(parameters.oneOf("state", OrderState.wires(), OrderState.PENDING.wire()))
                .orElseThrow();
        ListPage page = ListPage.after(parameters, "orders", state.wire());
        return state == OrderState.PENDING
                ? queries.pending(page.start(OrdersResource::place).orElse(Place.START), page.limit())
                        .map(found -> answer(page, found, last -> PageCursor.of(last.expiresAt(), last.id())))
                : queries.ended(state, page.start(place -> place.number(0)).orElse(Long.MAX_VALUE), page.limit())
                        .map(found -> answer(page, found, last -> PageCursor.of(last.id())));
    }

    private OrderAnswer.Page answer(ListPage page, List<Order> found, Function<Order, PageCursor> place) {
        return new OrderAnswer.Page(found.stream().map(this::shown).toList(), page.next(found, place));
    }

    private static Place place(PageCursor place) {
        Instant time = place.time(0);
        if (time.isBefore(Instant.EPOCH) || time.getEpochSecond() >= Integer.MAX_VALUE * 4L) {
            throw InvalidCursorException.notOurs();
        }
        return new Place(time, place.number(1));
    }

    @GET
    @Path("/counts")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Count the orders of each state")
    public Uni<OrderAnswer.Counts> counts() {
        return queries.counts().map(counts -> new OrderAnswer.Counts(counts, OrderQueries.MAX_COUNT));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one order")
    public Uni<OrderAnswer> find(@Parameter(description = "Id of the order") @PathParam("id") String id) {
        return queries.find(known(id)).map(found -> found.map(this::shown).orElseThrow(OrdersResource::noSuchOrder));
    }

    @POST
    @Path("/{id}/pay")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Pay an order",
            description = "Of several payments at once one is taken; 409 order-state for the others, and where the"
                    + " order's time has passed.")
    public Uni<OrderAnswer> pay(
            @Parameter(description = "Id of the order") @PathParam("id") String id, @Nullable PayBody body) {
        long order = known(id);
        String payment = Bodies.present("payment", body == null ? null : body.payment());
        return ShopRefusals.told(() -> orders.pay(order, payment)).map(this::shown);
    }

    @POST
    @Path("/{id}/cancel")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Give a held order up", description = "Its tickets can be bought by others at once.")
    public Uni<OrderAnswer> cancel(@Parameter(description = "Id of the order") @PathParam("id") String id) {
        long order = known(id);
        return ShopRefusals.told(() -> orders.cancel(order)).map(this::shown);
    }

    private OrderAnswer shown(Order order) {
        return OrderAnswer.of(order, clock.instant());
    }

    /** What is no number is the id of no order. */
    private static long known(String id) {
        try {
            return Long.parseLong(id);
        } catch (NumberFormatException e) {
            throw noSuchOrder();
        }
    }

    private static ProblemException noSuchOrder() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No order has this id.");
    }
}
