package io.penstock.api.overview;

import io.penstock.api.database.DatabaseCalls;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.penstock.common.figures.FiguresStore;
import io.penstock.common.figures.FiguresWriter;
import io.penstock.common.figures.RecentFigures;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.workers.WorkerBoard;
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
import java.util.Arrays;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** How everything is, and was. */
@Path("/api/overview")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Overview", description = "What is wrong, since when and what to do")
public class OverviewResource {

    /** How far back, and in which steps. */
    enum Window {
        ONE_MINUTE("1m", Duration.ofMinutes(1), WorkerBoard.STEP),
        QUARTER("15m", Duration.ofMinutes(15), FiguresWriter.MINUTE),
        HOUR("1h", Duration.ofHours(1), FiguresWriter.MINUTE),
        SIX_HOURS("6h", Duration.ofHours(6), FiguresWriter.TEN_MINUTES),
        DAY("24h", Duration.ofDays(1), FiguresWriter.TEN_MINUTES),
        WEEK("7d", Duration.ofDays(7), FiguresWriter.HOUR);

        private final String word;
        private final Duration length;
        private final Duration step;

        Window(String word, Duration length, Duration step) {
            this.word = word;
            this.length = length;
            this.step = step;
        }
    }

    private static final List<String> WINDOWS =
            Arrays.stream(Window.values()).map(window -> window.word).toList();

    private final Overview overview;
    private final FiguresStore figures;
    private final RecentFigures recent;
    private final QueuePolicies policies;
    private final DatabaseCalls database;
    private final InstantSource clock = InstantSource.system();

    @Inject
    OverviewResource(
            Overview overview,
            FiguresStore figures,
            RecentFigures recent,
            QueuePolicies policies,
            DatabaseCalls database) {
        this.overview = overview;
        this.figures = figures;
        this.recent = recent;
        this.policies = policies;
        this.database = database;
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at everything at once",
            description =
                    "What is wrong, since when and where to look; totals; the queues. It answers also while Redis or "
                            + "PostgreSQL does not: 'unknown' names what could not be asked.")
    public Uni<OverviewAnswer> now(@Context UriInfo uri) {
        QueryParameters.of(uri.getQueryParameters());
        return overview.now();
    }

    @GET
    @Path("/series")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at what the queues did",
            description =
                    "In steps of 10 s, a minute, ten minutes or an hour. The last step is the last one that is over.")
    @Parameter(
            name = "window",
            in = ParameterIn.QUERY,
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"1m", "15m", "1h", "6h", "24h", "7d"},
                            defaultValue = "15m"))
    @Parameter(
            name = "queue",
            in = ParameterIn.QUERY,
            description = "Absent: all queues together",
            schema = @Schema(type = SchemaType.STRING))
    public Uni<Series> series(@Context UriInfo uri) {
        QueryParameters parameters = QueryParameters.of(uri.getQueryParameters(), "window", "queue");
        Window window = Window.values()[WINDOWS.indexOf(parameters.oneOf("window", WINDOWS, "15m"))];
        String queue = parameters.text("queue").orElse("");
        if (parameters.has("queue") && policies.find(queue).isEmpty()) {
            throw ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name.");
        }
        Instant to = FiguresWriter.floor(clock.instant().minus(FiguresWriter.AFTER), window.step);
        Instant from = to.minus(window.length);
        return database.reading(Uni.combine()
                .all()
                .unis(
                        window == Window.ONE_MINUTE
                                ? recent.steps(queue, from, 6)
                                : figures.of(queue, window.step, from, to),
                        figures.marks(from, clock.instant().plusSeconds(1), queue))
                .with((steps, marks) -> Series.of(window.word, window.step, from, to, steps, marks)));
    }
}
