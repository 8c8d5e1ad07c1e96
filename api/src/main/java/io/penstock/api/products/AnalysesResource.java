package io.penstock.api.products;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.products.CompetitorAnalysis;
import io.penstock.common.products.ModelSpending;
import io.penstock.common.products.OptimizationAnalysis;
import io.penstock.common.products.ProductGroups;
import io.penstock.common.products.ProductJobs;
import io.penstock.common.products.ProductReport;
import io.penstock.common.products.ProductReports;
import io.penstock.common.products.Tracking;
import io.penstock.common.products.TrendAnalysis;
import io.penstock.common.queue.JobEnqueuer;
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
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
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

/** Comparisons, suggestions and trends: what was found, and asking for more. */
@Path("/api/analyses")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Product analyses", description = "What a language model, or rules, make of tracked products")
@NeedsDatabase
public class AnalysesResource {

    private static final int MOST = 100;
    private static final int DEFAULT = 20;
    private static final int MOST_DAYS = 366;
    private static final int DEFAULT_DAYS = 30;
    private static final int AT_ONCE = 8;
    private static final long MINUTE = 60;

    private static final String COMPETITOR = "competitor";
    private static final String OPTIMIZATION = "optimization";
    private static final String TREND = "trend";
    private static final List<String> KINDS = List.of(COMPETITOR, OPTIMIZATION, TREND);
    private static final List<String> RANGES = List.of("7d", "30d", "90d", "365d");

    private final ProductReports reports;
    private final ModelSpending spending;
    private final ProductGroups groups;
    private final Tracking tracking;
    private final JobEnqueuer enqueuer;
    private final InstantSource clock = InstantSource.system();

    /** What is asked for. */
    @RegisterForReflection
    @Schema(name = "ProductAnalysisRequest")
    public record Body(
            @Schema(
                            required = true,
                            enumeration = {"competitor", "optimization", "trend"})
                    @Nullable
                    String kind,
            @Schema(description = "The group, of a comparison") @Nullable Long groupId,
            @Schema(description = "What is tracked, of an optimization") @Nullable Long productId,
            @Schema(
                            description = "Of a trend",
                            enumeration = {"7d", "30d", "90d", "365d"})
                    @Nullable
                    String timeRange) {}

    @Inject
    AnalysesResource(
            ProductReports reports,
            ModelSpending spending,
            ProductGroups groups,
            Tracking tracking,
            JobEnqueuer enqueuer) {
        this.reports = reports;
        this.spending = spending;
        this.groups = groups;
        this.tracking = tracking;
        this.enqueuer = enqueuer;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List analyses", description = "The latest first.")
    @Parameter(
            name = "kind",
            in = ParameterIn.QUERY,
            description = "Absent: all",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"competitor", "optimization", "trend", "all"},
                            defaultValue = "all"))
    @Parameter(
            name = "userId",
            in = ParameterIn.QUERY,
            description = "Only those of this user",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "groupId",
            in = ParameterIn.QUERY,
            description = "Only those of this group",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "productId",
            in = ParameterIn.QUERY,
            description = "Only those of this tracked product",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "before",
            in = ParameterIn.QUERY,
            description = "'next' of the page before",
            schema = @Schema(type = SchemaType.INTEGER))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "100", defaultValue = "20"))
    public Uni<AnalysisAnswer.Page> list(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(
                uri.getQueryParameters(), "kind", "userId", "groupId", "productId", "before", "limit");
        int limit = parameters.number("limit", 1, MOST, DEFAULT);
        String kind = parameters.oneOf("kind", List.of(COMPETITOR, OPTIMIZATION, TREND, "all"), "all");
        ProductReport.Filter filter = new ProductReport.Filter(
                kind.equals("all") ? null : kind,
                ProductRefusals.optionalId(parameters, "userId"),
                ProductRefusals.optionalId(parameters, "groupId"),
                ProductRefusals.optionalId(parameters, "productId"),
                ProductRefusals.optionalId(parameters, "before"));
        return reports.list(filter, limit)
                .map(found -> new AnalysisAnswer.Page(
                        found.stream().map(AnalysisAnswer::of).toList(),
                        found.size() < limit
                                ? null
                                : found.get(found.size() - 1).id()));
    }

    @GET
    @Path("/spending")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "See what the language model has taken",
            description = "Calls, tokens and cost of each day. Calls under way count with the most that they may cost.")
    @Parameter(
            name = "days",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "366", defaultValue = "30"))
    public Uni<AnalysisAnswer.Spending> spending(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "days");
        return spending.days(parameters.number("days", 1, MOST_DAYS, DEFAULT_DAYS))
                .map(days -> new AnalysisAnswer.Spending(
                        days.stream().map(AnalysisAnswer.Day::of).toList()));
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at one analysis")
    public Uni<AnalysisAnswer> find(@Parameter(description = "Id of the analysis") @PathParam("id") String id) {
        return reports.find(ProductRefusals.id(id, "analysis"))
                .map(found -> AnalysisAnswer.of(found.orElseThrow(() -> ProductRefusals.none("analysis"))));
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Ask for an analysis",
            description =
                    "A job makes it. What the language model wrote of the same within the last hours is used again."
                            + " Asking again within the same minute adds nothing.")
    @APIResponse(
            responseCode = "202",
            description = "A job makes it",
            content = @Content(schema = @Schema(implementation = AnalysisAnswer.Started.class)))
    public Uni<RestResponse<AnalysisAnswer.Started>> ask(@Nullable Body body) {
        Body given = ProductRefusals.present("kind", body);
        String kind = ProductRefusals.present("kind", given.kind());
        refuseUnless(KINDS.contains(kind), "kind", "must be one of " + String.join(", ", KINDS));
        refuseUnless(kind.equals(COMPETITOR) || given.groupId() == null, "groupId", "belongs to a comparison");
        refuseUnless(kind.equals(OPTIMIZATION) || given.productId() == null, "productId", "belongs to an optimization");
        refuseUnless(kind.equals(TREND) || given.timeRange() == null, "timeRange", "belongs to a trend");
        if (kind.equals(COMPETITOR)) {
            long id = ProductRefusals.present("groupId", given.groupId());
            return known(groups.find(id), "group")
                    .chain(() -> start(ProductJobs.COMPETITOR_ANALYSIS, new CompetitorAnalysis(id), kind + "-" + id));
        }
        if (kind.equals(OPTIMIZATION)) {
            long id = ProductRefusals.present("productId", given.productId());
            return known(tracking.find(id), "tracked product")
                    .chain(() ->
                            start(ProductJobs.OPTIMIZATION_ANALYSIS, new OptimizationAnalysis(id), kind + "-" + id));
        }
        String range = ProductRefusals.present("timeRange", given.timeRange());
        refuseUnless(RANGES.contains(range), "timeRange", "must be one of " + String.join(", ", RANGES));
        return start(ProductJobs.TREND_ANALYSIS, new TrendAnalysis(range), kind + "-" + range);
    }

    private static <T> Uni<T> known(Uni<Optional<T>> found, String what) {
        return found.map(some -> some.orElseThrow(() -> ProductRefusals.none(what)));
    }

    /** The id holds the minute: a job writes one report, and a button that is pressed twice asks once. */
    private <P> Uni<RestResponse<AnalysisAnswer.Started>> start(JobType<P> type, P payload, String about) {
        String id = about + "-analysis-" + clock.instant().getEpochSecond() / MINUTE;
        return enqueuer.enqueue(
                        type,
                        Objects.requireNonNull(payload),
                        JobOptions.DEFAULT.withId(id).withPriority(AT_ONCE))
                .map(job -> RestResponse.ResponseBuilder.create(
                                RestResponse.Status.ACCEPTED, new AnalysisAnswer.Started(job.jobId(), job.added()))
                        .location(URI.create("/api/jobs/" + job.jobId()))
                        .build());
    }

    private static void refuseUnless(boolean right, String field, String reason) {
        if (!right) {
            throw ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + reason);
        }
    }
}
