package io.penstock.api.orders;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
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
import java.time.DateTimeException;
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

    private static final int MOST = 200;
    private static final int DEFAULT = 50;
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
    @Parameter(
            name = "after",
            in = ParameterIn.QUERY,
            description = "'next' of the page before",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Orders per page",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "200", defaultValue = "50"))
    public Uni<OrderAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "state", "after", "limit");
        OrderState state = OrderState.ofWire(parameters.oneOf("state", OrderState.wires(), OrderState.PENDING.wire()))
                .orElseThrow();
        int limit = parameters.number("limit", 1, MOST, DEFAULT);
        Optional<String> after = parameters.text("after");
        return state == OrderState.PENDING
                ? queries.pending(after.map(OrdersResource::place).orElse(Place.START), limit)
                        .map(found -> page(found, limit, last -> last.expiresAt() + "_" + last.id()))
                : queries.ended(state, after.map(OrdersResource::id).orElse(Long.MAX_VALUE), limit)
                        .map(found -> page(found, limit, last -> Long.toString(last.id())));
    }

    private OrderAnswer.Page page(List<Order> found, int limit, Function<Order, String> place) {
        return new OrderAnswer.Page(
                found.stream().map(this::shown).toList(),
                found.size() < limit ? null : place.apply(found.get(found.size() - 1)));
    }

    private static Place place(String text) {
        int mark = text.indexOf('_');
        try {
            Instant time = Instant.parse(text.substring(0, Math.max(0, mark)));
            if (time.isAfter(Instant.EPOCH) && time.getEpochSecond() < Integer.MAX_VALUE * 4L) {
                return new Place(time, Long.parseLong(text.substring(mark + 1)));
            }
        } catch (DateTimeException | NumberFormatException e) {
            // Told below, together with times that no database holds.
        }
        throw QueryParameters.invalid("after", "after: must be 'next' of the page before");
    }

    private static long id(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw QueryParameters.invalid("after", "after: must be 'next' of the page before");
        }
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
