package io.penstock.api.audit;

import io.penstock.api.problem.DatabaseUnavailableException;
import io.penstock.api.problem.Problem;
import io.penstock.api.problem.TaskFailure;
import io.penstock.api.security.Caller;
import io.penstock.api.security.RemoteAddress;
import io.penstock.common.audit.AuditEntry;
import io.penstock.common.audit.AuditEntry.Outcome;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jboss.resteasy.reactive.server.ServerResponseFilter;
import org.jspecify.annotations.Nullable;

/**
 * The one place that sees every call that may change something, and writes what came of it. New calls are in the audit without anybody
 * doing anything; leaving one out takes {@link Unaudited}.
 */
@ApplicationScoped
public class AuditFilter {

    private static final String LEFT_OUT = "penstock.audit.left-out";
    private static final Set<String> READS = Set.of("GET", "HEAD", "OPTIONS");
    private static final int UNAVAILABLE = 503;
    private static final String NO_EFFECT = "none";
    private static final int FIRST = 100;
    private static final int THEN = 300;

    private final AuditWriter writer;
    private final AuditValues values;
    private final InstantSource clock = InstantSource.system();

    @Inject
    AuditFilter(AuditWriter writer, AuditValues values) {
        this.writer = writer;
        this.values = values;
    }

    @Unaudited
    @ServerRequestFilter(priority = FIRST)
    public void leaveOut(RoutingContext http) {
        http.put(LEFT_OUT, true);
    }

    /** Nothing is done that could not be told. */
    @ServerRequestFilter(priority = THEN)
    public void refuseWhenFull(RoutingContext http, ContainerRequestContext request) {
        if (!READS.contains(request.getMethod()) && http.get(LEFT_OUT) == null && !writer.takesMore()) {
            throw new DatabaseUnavailableException(
                    "entries of the audit wait for it", DatabaseUnavailableException.Effect.NONE, null);
        }
    }

    @ServerResponseFilter
    @Nullable
    public Uni<Void> tell(RoutingContext http, ContainerRequestContext request, ContainerResponseContext response) {
        AuditTrail.Details details = AuditTrail.of(http);
        boolean reads = READS.contains(request.getMethod());
        if (http.get(LEFT_OUT) != null || (reads && (details == null || details.action == null))) {
            return Uni.createFrom().voidItem();
        }
        Optional<Caller> caller = callerOf(http);
        AuditEntry.Actor actor = details != null && details.actor != null
                ? details.actor
                : caller.map(AuditFilter::actorOf).orElse(null);
        Optional<Outcome> outcome = outcomeOf(response.getStatus(), caller.isPresent());
        if (actor == null || outcome.isEmpty() || hadNoEffect(response)) {
            return Uni.createFrom().voidItem();
        }
        AuditAction action = AuditAction.of(
                request.getMethod(),
                request.getUriInfo().getPath(),
                request.getUriInfo().getPathParameters().values().stream()
                        .flatMap(List::stream)
                        .toList());
        boolean done = outcome.get() == Outcome.DONE;
        Object after = details != null && details.after != null ? details.after : response.getEntity();
        return writer.write(
                new AuditEntry(
                        clock.instant(),
                        UUID.randomUUID(),
                        actor,
                        caller.map(each -> each.role().text()).orElse(null),
                        reads ? String.valueOf(details == null ? null : details.action) : action.name(),
                        action.target(),
                        outcome.get(),
                        response.getStatus(),
                        details == null ? null : values.of(details.before),
                        done && !reads ? values.of(after) : null,
                        RemoteAddress.of(http),
                        http.request().getHeader("User-Agent")),
                response.getStatus() == UNAVAILABLE);
    }

    /** A store was away, and nothing was done: all that is known is that somebody asked. */
    private static boolean hadNoEffect(ContainerResponseContext response) {
        return response.getStatus() == UNAVAILABLE
                && (response.getEntity() instanceof Problem problem
                        ? NO_EFFECT.equals(problem.effect())
                        : response.getEntity() instanceof TaskFailure failure && NO_EFFECT.equals(failure.effect()));
    }

    /** Empty: nothing was tried that could be told. Requests that make no sense, and too many, are no news. */
    private static Optional<Outcome> outcomeOf(int status, boolean known) {
        return switch (status) {
            case 401 -> known ? Optional.empty() : Optional.of(Outcome.DENIED);
            case 403 -> Optional.of(Outcome.DENIED);
            case 400, 404, 405, 406, 413, 415, 429 -> Optional.empty();
            default -> {
                if (status < 400) {
                    yield Optional.of(Outcome.DONE);
                }
                yield Optional.of(status < 500 ? Outcome.REFUSED : Outcome.FAILED);
            }
        };
    }

    private static AuditEntry.Actor actorOf(Caller caller) {
        return new AuditEntry.Actor(caller.id(), caller.name(), caller.kind().text());
    }

    private static Optional<Caller> callerOf(RoutingContext http) {
        return http.user() instanceof QuarkusHttpUser user
                ? Optional.ofNullable(Caller.of(user.getSecurityIdentity()))
                : Optional.empty();
    }
}
