package io.penstock.api.security;

import io.penstock.api.database.DatabaseCalls;
import io.penstock.api.history.JobHistory;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.batch.Batch;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.queue.JobQueue;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.UUID;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Keeps callers within their {@link Scope}: what does not say that it heeds the scope is refused to whoever has one. So a new call is closed
 * to them until somebody has thought about it.
 */
@ApplicationScoped
public class ScopeFilter {

    private static final String STREAM = "/events";
    private static final String HEEDED = "penstock.scope.heeded";
    private static final int FIRST = 100;
    private static final int THEN = 200;

    private final JobQueue queue;
    private final JobHistory history;
    private final BatchStore batches;
    private final DatabaseCalls database;

    @Inject
    ScopeFilter(JobQueue queue, JobHistory history, BatchStore batches, DatabaseCalls database) {
        this.queue = queue;
        this.history = history;
        this.batches = batches;
        this.database = database;
    }

    @HeedsScope
    @ServerRequestFilter(priority = FIRST)
    public void heeded(RoutingContext http) {
        http.put(HEEDED, true);
    }

    /** An empty item lets the request go on. */
    @JobInScope
    @ServerRequestFilter(priority = FIRST)
    public Uni<Response> checkJob(RoutingContext http, ContainerRequestContext request) {
        http.put(HEEDED, true);
        Scope scope = scopeOf(http);
        if (scope.isUnlimited()) {
            return Uni.createFrom().nullItem();
        }
        String id = request.getUriInfo().getPathParameters().getFirst("id");
        return isReached(id, scope).map(reached -> {
            if (!reached) {
                throw ProblemException.of(ProblemCode.JOB_NOT_FOUND, "No job has this id.");
            }
            return null;
        });
    }

    /** An empty item lets the request go on. */
    @BatchInScope
    @ServerRequestFilter(priority = FIRST)
    public Uni<Response> checkBatch(RoutingContext http, ContainerRequestContext request) {
        http.put(HEEDED, true);
        Scope scope = scopeOf(http);
        // A stream that has begun can no longer be answered with a problem.
        if (scope.isUnlimited() && !request.getUriInfo().getPath().endsWith(STREAM)) {
            return Uni.createFrom().nullItem();
        }
        scope.requireBatches();
        return database.reading(batchOf(request.getUriInfo().getPathParameters().getFirst("id")))
                .map(found -> {
                    if (found.filter(batch -> scope.allowsTenant(batch.tenant()))
                            .isEmpty()) {
                        throw ProblemException.of(ProblemCode.NOT_FOUND, "No batch has this id.");
                    }
                    return null;
                });
    }

    private Uni<Optional<Batch>> batchOf(String id) {
        try {
            return batches.find(UUID.fromString(id));
        } catch (IllegalArgumentException e) {
            return Uni.createFrom().item(Optional.empty());
        }
    }

    @ServerRequestFilter(priority = THEN)
    public void refuse(RoutingContext http) {
        if (http.get(HEEDED) == null && !scopeOf(http).isUnlimited()) {
            throw ProblemException.of(
                    ProblemCode.OUT_OF_SCOPE,
                    "Your key reaches some queues or one tenant, and this call is about more.");
        }
    }

    private Uni<Boolean> isReached(String id, Scope scope) {
        return queue.find(id)
                .chain(found -> found.isPresent()
                        ? Uni.createFrom()
                                .item(scope.allows(
                                        found.get().queue(),
                                        found.get().labels().tenant().orElse(null)))
                        : history.latest(id).map(row -> row.filter(ended -> scope.allows(ended.queue(), ended.tenant()))
                                .isPresent()));
    }

    /** Of those who showed neither key nor cookie nothing is said here: what is open is open to all. */
    private static Scope scopeOf(RoutingContext http) {
        return http.user() instanceof QuarkusHttpUser user
                ? Caller.of(user.getSecurityIdentity()).scope()
                : Scope.UNLIMITED;
    }
}
