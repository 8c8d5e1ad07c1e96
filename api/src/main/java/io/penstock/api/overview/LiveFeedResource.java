package io.penstock.api.overview;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Role;
import io.smallrye.mutiny.Multi;
import io.vertx.core.http.HttpServerRequest;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** What changes, as it changes. */
@Path("/api/events")
@ApplicationScoped
@Tag(name = "Overview", description = "What is wrong, since when and what to do")
public class LiveFeedResource {

    private static final int MAX_ID = 40;

    private final LiveFeed feed;

    @Inject
    LiveFeedResource(LiveFeed feed) {
        this.feed = feed;
    }

    @GET
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Hear what changes",
            description =
                    "Server-sent events: 'snapshot' first, then 'queues', 'workers' and 'overview', each at most once a second "
                            + "and as it is then, and 'tick' every 15 seconds where nothing else is said. With Last-Event-ID it "
                            + "goes on behind that event. Whoever reads slowly hears the latest only; who does not read for a "
                            + "minute is dropped.")
    public Multi<OutboundSseEvent> events(
            @Parameter(description = "Id of the last event that was heard; one of another process starts anew")
                    @HeaderParam("Last-Event-ID")
                    @Nullable
                    String lastEventId,
            @Context UriInfo uri,
            @Context HttpServerRequest request,
            @Context Sse sse) {
        QueryParameters.of(uri.getQueryParameters());
        if (feed.isFull()) {
            throw ProblemException.of(
                    ProblemCode.TOO_MANY_REQUESTS, "Too many listen here. Look at /api/overview now and then instead.");
        }
        return feed.listen(numberOf(lastEventId), () -> request.connection().close())
                .map(event -> sse.newEventBuilder()
                        .id(feed.process() + "-" + event.number())
                        .name(event.topic())
                        .data(event.json())
                        .build());
    }

    /** Empty for what this process did not give out. */
    private Optional<Long> numberOf(@Nullable String id) {
        if (id == null || id.length() > MAX_ID || !id.startsWith(feed.process() + "-")) {
            return Optional.empty();
        }
        try {
            return Optional.of(Long.parseLong(id.substring(feed.process().length() + 1)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
