package io.penstock.api.audit;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.audit.AuditQuery;
import io.penstock.common.audit.AuditStore;
import io.penstock.common.audit.AuditTooWideException;
import io.penstock.common.page.InvalidCursorException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** Who changed what. */
@Path("/api/audit")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Audit", description = "Who changed what")
@NeedsDatabase
public class AuditResource {

    private static final int MAX_TEXT = 200;
    private static final Pattern ACTION = Pattern.compile("[A-Za-z0-9._-]{1,100}\\*?");
    private static final Set<String> OUTCOMES = Set.of("done", "denied", "refused", "failed");

    private final AuditStore store;
    private final InstantSource clock = InstantSource.system();

    @Inject
    AuditResource(AuditStore store) {
        this.store = store;
    }

    @GET
    @RolesAllowed(Role.ADMINISTER)
    @Operation(
            summary = "Look who changed what",
            description =
                    "Latest first. Filters are joined by 'and'. Ask again with the answer's nextCursor, and the same "
                            + "filters, for the next page.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "At this time or later; absent: 31 days before 'to'; at most 400 days before it",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "Before this time; absent: now",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "actor",
            in = ParameterIn.QUERY,
            description = "Id or name of who did it",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "action",
            in = ParameterIn.QUERY,
            description = "Such as queues.pause; or a beginning followed by *, such as queues.*",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "target",
            in = ParameterIn.QUERY,
            description = "What it was done to: the id or name in the path",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "outcome",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"done", "denied", "refused", "failed"}))
    @Parameter(name = "address", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(ref = ListPage.LIMIT)
    @Parameter(
            name = "cursor",
            in = ParameterIn.QUERY,
            description = "nextCursor of the page before; the time is then that page's",
            schema = @Schema(type = SchemaType.STRING))
    public Uni<AuditAnswer> find(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(
                uri.getQueryParameters(),
                "from",
                "to",
                "actor",
                "action",
                "target",
                "outcome",
                "address",
                "limit",
                "cursor");
        AuditQuery query = query(parameters);
        return store.find(query)
                .onFailure(AuditTooWideException.class)
                .transform(failure -> QueryParameters.invalid("from", "from: " + failure.getMessage()))
                .map(page -> AuditAnswer.of(query, page));
    }

    private AuditQuery query(QueryParameters parameters) {
        AuditQuery.Filter filter = filter(parameters);
        int limit = parameters.limit(AuditQuery.MAX_LIMIT, AuditQuery.DEFAULT_LIMIT);
        Optional<String> cursor = parameters.text("cursor");
        if (cursor.isPresent()) {
            try {
                return AuditQuery.next(cursor.get(), filter, limit);
            } catch (InvalidCursorException e) {
                throw QueryParameters.invalid("cursor", "cursor: " + e.reason());
            }
        }
        Instant to = parameters.time("to").orElseGet(() -> clock.instant().plusMillis(1));
        Instant from = parameters.time("from").orElseGet(() -> to.minus(AuditQuery.DEFAULT));
        if (!from.isBefore(to) || Duration.between(from, to).compareTo(AuditQuery.MOST) > 0) {
            throw QueryParameters.invalid(
                    "from", "from: must be before 'to', by at most " + AuditQuery.MOST.toDays() + " days");
        }
        return new AuditQuery(
                from.truncatedTo(ChronoUnit.MICROS),
                to.truncatedTo(ChronoUnit.MICROS),
                filter,
                limit,
                Optional.empty());
    }

    private static AuditQuery.Filter filter(QueryParameters parameters) {
        Optional<String> action = parameters.text("action");
        if (action.isPresent() && !ACTION.matcher(action.get()).matches()) {
            throw QueryParameters.invalid("action", "action: must be such as queues.pause or queues.*");
        }
        Optional<String> outcome = parameters.text("outcome");
        if (outcome.isPresent() && !OUTCOMES.contains(outcome.get())) {
            throw QueryParameters.invalid("outcome", "outcome: must be one of done, denied, refused, failed");
        }
        return new AuditQuery.Filter(
                parameters.storable("actor", MAX_TEXT),
                action,
                parameters.storable("target", MAX_TEXT),
                outcome,
                parameters.storable("address", MAX_TEXT));
    }
}
