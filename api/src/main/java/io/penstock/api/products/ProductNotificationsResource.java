package io.penstock.api.products;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.products.ProductNotification;
import io.penstock.common.products.ProductNotifications;
import io.penstock.common.products.ProductUsers;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What a user of product monitoring was told, and what became of it. */
@Path("/api/users/{id}/notifications")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Product users", description = "Those who track products. They are not the users of the console")
@NeedsDatabase
public class ProductNotificationsResource {

    private static final int MOST = 200;
    private static final int DEFAULT = 50;
    private static final String ANY = "all";
    private static final List<String> STATES = List.of(ANY, "pending", "digest", "sent", "off", "refused");
    private static final List<String> KINDS = List.of(ANY, "anomaly", "report", "system", "digest");

    private final ProductNotifications notifications;
    private final ProductUsers users;

    /** A page. */
    @RegisterForReflection
    @Schema(name = "ProductNotifications")
    public record Page(
            List<Notification> notifications,
            @Schema(description = "'before' of the next page; absent: there is none") @Nullable Long next) {}

    /** One. */
    @RegisterForReflection
    @Schema(name = "ProductNotification")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Notification(
            long id,
            @Schema(description = "anomaly, report, system or digest") String kind,
            @Nullable Long anomalyId,
            @Nullable Long reportId,
            String subject,
            String body,
            @Schema(
                            description =
                                    "pending; digest: waits for the user's digest; sent; off: the user wants none;"
                                            + " refused: it was not taken any way")
                    String state,
            @Schema(description = "Of the digest that told of it") @Nullable Long digestId,
            Instant createdAt,
            @Schema(description = "Absent: it is not done with") @Nullable Instant endedAt,
            Way mail,
            Way webhook) {

        static Notification of(ProductNotification found) {
            return new Notification(
                    found.id(),
                    found.kind(),
                    found.anomalyId(),
                    found.reportId(),
                    found.subject(),
                    found.body(),
                    found.state(),
                    found.digestId(),
                    found.createdAt(),
                    found.endedAt(),
                    Way.of(found.mail()),
                    Way.of(found.webhook()));
        }
    }

    /** How far it has come one way. */
    @RegisterForReflection
    @Schema(name = "ProductNotificationWay")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Way(
            @Schema(
                            description =
                                    "pending, sent, refused, or off: the user does not want it this way, or a digest tells of it")
                    String state,
            @Nullable Instant sentAt,
            @Schema(description = "Why it was refused, or not taken the last time") @Nullable String failure,
            int tries) {

        static Way of(ProductNotification.Way way) {
            return new Way(way.state(), way.sentAt(), way.failure(), way.tries());
        }
    }

    @Inject
    ProductNotificationsResource(ProductNotifications notifications, ProductUsers users) {
        this.notifications = notifications;
        this.users = users;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "List what a user who tracks products was told",
            description = "The latest first, with what became of it by mail and by webhook. The id is that of a user of"
                    + " /api/products/users.")
    @Parameter(
            name = "state",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"all", "pending", "digest", "sent", "off", "refused"},
                            defaultValue = "all"))
    @Parameter(
            name = "kind",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"all", "anomaly", "report", "system", "digest"},
                            defaultValue = "all"))
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "'next' of the page before",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "200", defaultValue = "50"))
    public Uni<Page> list(@Parameter(description = "Id of the user") @PathParam("id") String id, @Context UriInfo uri) {
        long user = ProductRefusals.id(id, "user");
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "state", "kind", "before", "limit");
        int limit = parameters.number("limit", 1, MOST, DEFAULT);
        Long before = ProductRefusals.optionalId(parameters, "before");
        String state = parameters.oneOf("state", STATES, ANY);
        String kind = parameters.oneOf("kind", KINDS, ANY);
        return users.find(user)
                .map(found -> found.orElseThrow(() -> ProductRefusals.none("user")))
                .chain(found -> notifications.list(
                        found.id(),
                        before == null ? Long.MAX_VALUE : before,
                        state.equals(ANY) ? null : state,
                        kind.equals(ANY) ? null : kind,
                        limit))
                .map(found -> new Page(
                        found.stream().map(Notification::of).toList(),
                        found.size() < limit
                                ? null
                                : found.get(found.size() - 1).id()));
    }
}
