package io.penstock.api.offers;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.offers.HistoryQuery;
import io.penstock.common.offers.InvalidOfferQueryException;
import io.penstock.common.offers.Offer;
import io.penstock.common.offers.OfferHistory;
import io.penstock.common.offers.OfferPage;
import io.penstock.common.offers.OfferQueries;
import io.penstock.common.offers.OfferQuery;
import io.penstock.common.offers.OfferStatus;
import io.penstock.common.offers.OfferSweeps;
import io.penstock.common.offers.SweepProgress;
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
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The offers that are stored, how they changed, and how far sweeps are. */
@Path("/api/offers")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Offers", description = "Stored offers, their history, and sweeps of the feed")
@NeedsDatabase
public class OffersResource {

    private static final String LATEST_FIRST = "-lastConversion";
    private static final String OLDEST_FIRST = "lastConversion";
    private static final List<String> SORTS = List.of(LATEST_FIRST, OLDEST_FIRST);
    private static final List<String> STATUSES =
            Arrays.stream(OfferStatus.values()).map(OfferStatus::wire).toList();
    private static final Instant BEGINNING = Instant.EPOCH;
    private static final Instant END = Instant.parse("9999-12-31T23:59:59Z");

    private final OfferQueries queries;
    private final OfferSweeps sweeps;

    @Inject
    OffersResource(OfferQueries queries, OfferSweeps sweeps) {
        this.queries = queries;
        this.sweeps = sweeps;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "List offers",
            description = "Filters are joined by 'and'. Offers without a known conversion come last.")
    @Parameter(
            name = "status",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"Active", "Paused", "Blocked", "Unknown"}))
    @Parameter(
            name = "country",
            in = ParameterIn.QUERY,
            description = "Country code",
            schema = @Schema(type = SchemaType.STRING))
    @Parameter(name = "vertical", in = ParameterIn.QUERY, schema = @Schema(type = SchemaType.STRING))
    @Parameter(
            name = "text",
            in = ParameterIn.QUERY,
            description = "Part of the name or of the id",
            schema = @Schema(type = SchemaType.STRING, maxLength = OfferQuery.MAX_TEXT))
    @Parameter(
            name = "sort",
            in = ParameterIn.QUERY,
            description = "-lastConversion: the latest conversion first; lastConversion: the oldest first",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {LATEST_FIRST, OLDEST_FIRST},
                            defaultValue = LATEST_FIRST))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Offers per page",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "200", defaultValue = "50"))
    @Parameter(
            name = "offset",
            in = ParameterIn.QUERY,
            description = "Offers to skip",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "0", maximum = "100000", defaultValue = "0"))
    public Uni<OfferPage> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(
                uri.getQueryParameters(), "status", "country", "vertical", "text", "sort", "limit", "offset");
        return queries.list(checked(() -> query(parameters)));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one offer")
    public Uni<Offer> find(@Parameter(description = "The feed's id of the offer") @PathParam("id") String id) {
        requireId(id);
        return queries.find(id).map(found -> found.orElseThrow(OffersResource::noSuchOffer));
    }

    @GET
    @Path("/{id}/history")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the history of one offer",
            description = "Newest first. Ask again with 'before' set to the answer's nextBefore for older ones.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "The oldest snapshot wanted, such as 2026-01-31T08:00:00Z",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "Snapshots taken before this time",
            schema = @Schema(type = SchemaType.STRING, format = "date-time"))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "Snapshots per page",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "1000", defaultValue = "200"))
    public Uni<OfferHistory> history(
            @Parameter(description = "The feed's id of the offer") @PathParam("id") String id, @Context UriInfo uri) {
        requireId(id);
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "from", "before", "limit");
        return queries.history(checked(() -> historyQuery(id, parameters)))
                .map(found -> found.orElseThrow(OffersResource::noSuchOffer));
    }

    @GET
    @Path("/sweeps/{batchId}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See how far a sweep is")
    public Uni<SweepProgress> sweep(
            @Parameter(description = "The batchId that the trigger answered with") @PathParam("batchId")
                    String batchId) {
        return sweeps.progress(batchId)
                .map(found ->
                        found.orElseThrow(() -> ProblemException.of(ProblemCode.NOT_FOUND, "No sweep has this id.")));
    }

    private static OfferQuery query(QueryParameters parameters) {
        boolean latestFirst = parameters.oneOf("sort", SORTS, LATEST_FIRST).equals(LATEST_FIRST);
        return new OfferQuery(
                parameters.has("status")
                        ? OfferStatus.named(parameters.oneOf("status", STATUSES, ""))
                        : Optional.empty(),
                parameters.text("country", OfferQuery.MAX_TEXT),
                parameters.text("vertical", OfferQuery.MAX_TEXT),
                parameters.text("text", OfferQuery.MAX_TEXT),
                latestFirst ? OfferQuery.Sort.LATEST_CONVERSION_FIRST : OfferQuery.Sort.OLDEST_CONVERSION_FIRST,
                parameters.number("limit", 1, OfferQuery.MAX_LIMIT, OfferQuery.DEFAULT_LIMIT),
                parameters.number("offset", 0, OfferQuery.MAX_OFFSET, 0));
    }

    private static HistoryQuery historyQuery(String id, QueryParameters parameters) {
        return new HistoryQuery(
                id,
                time(parameters, "from", BEGINNING),
                time(parameters, "before", END),
                parameters.number("limit", 1, HistoryQuery.MAX_LIMIT, HistoryQuery.DEFAULT_LIMIT));
    }

    private static Instant time(QueryParameters parameters, String name, Instant whenAbsent) {
        try {
            return parameters.text(name).map(Instant::parse).orElse(whenAbsent);
        } catch (DateTimeException e) {
            throw QueryParameters.invalid(name, name + ": must be a time such as 2026-01-31T08:00:00Z");
        }
    }

    /** What the workload refuses is a parameter of the caller's. */
    private static <T> T checked(Supplier<T> question) {
        try {
            return question.get();
        } catch (InvalidOfferQueryException e) {
            throw QueryParameters.invalid(e.field(), e.field() + ": " + e.reason());
        }
    }

    private static void requireId(String id) {
        if (id.length() > HistoryQuery.MAX_ID || id.indexOf('\0') >= 0) {
            throw noSuchOffer();
        }
    }

    private static ProblemException noSuchOffer() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No offer has this id.");
    }
}
