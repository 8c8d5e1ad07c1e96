package io.penstock.api.report;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.monitor.SystemReport;
import io.penstock.common.monitor.SystemReportBuilder;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.format.DateTimeParseException;
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
    private static final Duration DEFAULT_RANGE = Duration.ofDays(1);
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant ANY_TIME = Instant.parse("9999-12-31T23:59:59Z");

    /** The page has a style of its own, and nothing else that a browser would run or fetch. */
    private static final String PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

    private final ReportStore reports;
    private final JobEnqueuer enqueuer;
    private final SystemReportBuilder system;
    private final InstantSource clock = InstantSource.system();

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
    ReportsResource(ReportStore reports, JobEnqueuer enqueuer, SystemReportBuilder system) {
        this.reports = reports;
        this.enqueuer = enqueuer;
        this.system = system;
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
    @Path("/system")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Report on the system over a range of time",
            description = "Summary, health, performance, alerts, recommendations and trends, made when asked for. As a"
                    + " page where the request accepts text/html.")
    @Parameter(
            name = "from",
            in = ParameterIn.QUERY,
            description = "ISO 8601; default: a day before 'to'. At most 7 days before it",
            schema = @Schema(implementation = Instant.class))
    @Parameter(
            name = "to",
            in = ParameterIn.QUERY,
            description = "ISO 8601; default: now",
            schema = @Schema(implementation = Instant.class))
    public Uni<SystemReport> system(@Context UriInfo uri) {
        return systemReport(uri);
    }

    @GET
    @Path("/system")
    @Produces(MediaType.TEXT_HTML)
    @RolesAllowed(Role.VIEW)
    @Operation(hidden = true)
    public Uni<RestResponse<String>> systemPage(@Context UriInfo uri, @Context RoutingContext context) {
        return systemReport(uri)
                .chain(report -> ReportPage.Templates.system(report).createUni())
                .map(page -> html(page, context));
    }

    private Uni<SystemReport> systemReport(UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "from", "to");
        Instant to = parameters.text("to").map(text -> time("to", text)).orElse(clock.instant());
        Instant from = parameters.text("from").map(text -> time("from", text)).orElse(to.minus(DEFAULT_RANGE));
        if (!from.isBefore(to)) {
            throw QueryParameters.invalid("from", "from: must be before 'to'");
        }
        if (Duration.between(from, to).compareTo(SystemReportBuilder.LONGEST) > 0) {
            throw QueryParameters.invalid(
                    "from", "from: at most " + SystemReportBuilder.LONGEST.toDays() + " days before 'to'");
        }
        return system.build(from, to);
    }

    private static Instant time(String parameter, String text) {
        try {
            Instant time = Instant.parse(text);
            if (time.isAfter(EARLIEST) && time.isBefore(ANY_TIME)) {
                return time;
            }
        } catch (DateTimeParseException e) {
            // Told below, together with times that no clock shows.
        }
        throw QueryParameters.invalid(parameter, parameter + ": must be a time such as 2026-11-27T08:00:00Z");
    }

    private static RestResponse<String> html(String page, RoutingContext context) {
        // In place of the one that all answers have: a second one would not widen it.
        context.response().putHeader("Content-Security-Policy", PAGE_POLICY);
        return RestResponse.ResponseBuilder.ok(page, MediaType.TEXT_HTML + ";charset=UTF-8")
                .build();
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
                .map(page -> html(page, context));
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
