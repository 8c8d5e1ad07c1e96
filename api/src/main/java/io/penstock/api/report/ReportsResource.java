package io.penstock.api.report;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.queue.JobEnqueuer;
import io.penstock.common.report.PerformanceAnalysis;
import io.penstock.common.report.PerformanceReport;
import io.penstock.common.report.ReportJobs;
import io.penstock.common.report.ReportStore;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
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
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Performance reports: made each week, or when asked for. */
@Path("/api/reports")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Reports", description = "What queues and caches did in a week, and what to do about it")
@NeedsDatabase
public class ReportsResource {

    private static final int MOST = 100;
    private static final int DEFAULT = 20;
    private static final Instant ANY_TIME = Instant.parse("9999-12-31T23:59:59Z");

    /** The page has a style of its own, and nothing else that a browser would run or fetch. */
    private static final String PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private final ReportStore reports;
    private final JobEnqueuer enqueuer;

    /** Reports, the latest first. */
    @RegisterForReflection
    @Schema(name = "Reports")
    public record ReportList(List<PerformanceReport.Summary> reports) {}

    /** The job that makes the report. */
    @RegisterForReflection
    @Schema(name = "ReportJob")
    public record JobAnswer(
            @Schema(description = "Its result names the report: /api/jobs/{id}/result?wait=30s") String jobId) {}

    @Inject
    ReportsResource(ReportStore reports, JobEnqueuer enqueuer) {
        this.reports = reports;
        this.enqueuer = enqueuer;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List reports", description = "The latest first. They are kept for two years.")
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "100", defaultValue = "20"))
    public Uni<ReportList> list(@Context UriInfo uri) {
        int limit = QueryParameters.of(uri.getQueryParameters(), "limit").number("limit", 1, MOST, DEFAULT);
        return reports.list(ANY_TIME, limit).map(ReportList::new);
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at a report", description = "As JSON, or as a page where the request accepts text/html.")
    public Uni<PerformanceReport> find(@Parameter(description = "Id of the report") @PathParam("id") String id) {
        return found(id);
    }

    @GET
    @Path("/{id}")
    @Produces(MediaType.TEXT_HTML)
    @RolesAllowed(Role.VIEW)
    @Operation(hidden = true)
    public Uni<RestResponse<String>> page(@PathParam("id") String id, @Context RoutingContext context) {
        return found(id)
                .chain(report -> ReportPage.Templates.report(report).createUni())
                // In place of the one that all answers have: a second one would not widen it.
                .invoke(() -> context.response().putHeader("Content-Security-Policy", PAGE_POLICY))
                .map(page -> RestResponse.ResponseBuilder.ok(page, MediaType.TEXT_HTML + ";charset=UTF-8")
                        .build());
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Make a report now",
            description = "202: a job makes it. {\"days\": 1} for a shorter time; 7 days at most.")
    public Uni<RestResponse<JobAnswer>> make(@Nullable PerformanceAnalysis body) {
        return enqueuer.enqueue(ReportJobs.PERFORMANCE_ANALYSIS, body == null ? new PerformanceAnalysis(null) : body)
                .map(job -> RestResponse.ResponseBuilder.<JobAnswer>create(RestResponse.Status.ACCEPTED)
                        .location(URI.create("/api/jobs/" + job.jobId()))
                        .entity(new JobAnswer(job.jobId()))
                        .build());
    }

    private Uni<PerformanceReport> found(String id) {
        return reports.find(uuid(id)).map(report -> report.orElseThrow(ReportsResource::notFound));
    }

    private static UUID uuid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw notFound();
        }
    }

    private static ProblemException notFound() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No report has this id.");
    }
}
