package io.penstock.api.products;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.page.PageCursor;
import io.penstock.common.products.ProductUsers;
import io.penstock.common.products.UserSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Those who track products, and what they want to hear of. */
@Path("/api/products/users")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Product users", description = "Those who track products. They are not the users of the console")
@NeedsDatabase
public class ProductUsersResource {

    private static final String USER = "user";

    private final ProductUsers users;

    /** What is asked for of a user; absent fields have their default, or stay as they are. */
    @RegisterForReflection
    @Schema(name = "ProductUserRequest")
    public record UserBody(
            @Schema(examples = "ada@example.org", description = "Must be there of a new user") @Nullable String email,
            @Nullable String name,
            @Schema(
                            enumeration = {"basic", "premium", "enterprise"},
                            description = "Of a new user: basic")
                    @Nullable
                    String plan,
            @Schema(description = "A price that changed by more is told; of a new user 10") @Nullable
                    Double priceChangePercent,
            @Schema(description = "A rank that changed by more is told; of a new user 30") @Nullable
                    Double rankChangePercent,
            @Schema(description = "In stars; of a new user 0.3") @Nullable Double ratingChange,
            @Schema(description = "Reviews of a day, of those there were before; of a new user 20") @Nullable
                    Double reviewSurgePercent,
            @Schema(description = "Whether another seller in the buy box is told; of a new user true") @Nullable
                    Boolean buyBoxAlerts,
            @Schema(description = "Of a new user true. True also takes back that the user has unsubscribed") @Nullable
                    Boolean emailOn,
            @Schema(description = "Empty: none any more") @Nullable String webhookUrl,
            @Schema(description = "What is sent to the webhook is signed with it. Empty: none any more. Never shown")
                    @Nullable
                    String webhookSecret,
            @Schema(
                            enumeration = {"immediate", "hourly", "daily", "weekly"},
                            description = "Of a new user: immediate")
                    @Nullable
                    String digest) {

        UserSpec spec() {
            return new UserSpec(
                    email,
                    name,
                    plan,
                    priceChangePercent,
                    rankChangePercent,
                    ratingChange,
                    reviewSurgePercent,
                    buyBoxAlerts,
                    emailOn,
                    webhookUrl,
                    webhookSecret,
                    digest);
        }

        /** Without the secret. */
        @Override
        public String toString() {
            return "UserBody[" + email + "]";
        }
    }

    @Inject
    ProductUsersResource(ProductUsers users) {
        this.users = users;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Add a user", description = "409 user-exists where another has the e-mail address.")
    @APIResponse(
            responseCode = "201",
            description = "Added",
            content = @Content(schema = @Schema(implementation = ProductAnswer.User.class)))
    public Uni<RestResponse<ProductAnswer.User>> add(@Nullable UserBody body) {
        UserBody given = ProductRefusals.present("email", body);
        return ProductRefusals.told(() -> users.add(given.spec()))
                .map(found -> found.orElseThrow(
                        () -> ProblemException.of(ProblemCode.USER_EXISTS, "Another user has this e-mail address.")))
                .map(user -> RestResponse.ResponseBuilder.create(
                                RestResponse.Status.CREATED, ProductAnswer.User.of(user))
                        .location(URI.create("/api/products/users/" + user.id()))
                        .build());
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List users", description = "In the order in which they came.")
    @Parameter(ref = ListPage.AFTER)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<ProductAnswer.Users> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "after", "limit");
        ListPage page = ListPage.after(parameters, "product-users", "");
        return users.list(ProductRefusals.place(page), page.limit())
                .map(found -> new ProductAnswer.Users(
                        found.stream().map(ProductAnswer.User::of).toList(),
                        page.next(found, last -> PageCursor.of(last.id()))));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one user")
    public Uni<ProductAnswer.User> find(@Parameter(description = "Id of the user") @PathParam("id") String id) {
        return users.find(ProductRefusals.id(id, USER))
                .map(found -> ProductAnswer.User.of(found.orElseThrow(() -> ProductRefusals.none(USER))));
    }

    @PUT
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Change a user", description = "Absent fields stay as they are.")
    public Uni<ProductAnswer.User> change(
            @Parameter(description = "Id of the user") @PathParam("id") String id, @Nullable UserBody body) {
        long known = ProductRefusals.id(id, USER);
        UserBody given = ProductRefusals.present("email", body);
        return ProductRefusals.told(() -> users.change(known, given.spec()))
                .map(found -> ProductAnswer.User.of(found.orElseThrow(() -> ProductRefusals.none(USER))));
    }
}
