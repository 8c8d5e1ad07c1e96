package io.penstock.api.security;

import io.penstock.api.flow.CallerLimits;
import io.quarkus.vertx.http.runtime.security.QuarkusHttpUser;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.core.Response;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;

/**
 * Holds every request to a resource to its caller's limit, and tells the caller how it stands. Roles are checked before, so
 * the caller is known.
 */
@ApplicationScoped
public class CallerLimitFilter {

    private final CallerLimits limits;

    @Inject
    CallerLimitFilter(CallerLimits limits) {
        this.limits = limits;
    }

    /** An empty item lets the request go on. */
    @ServerRequestFilter
    public Uni<Response> limit(RoutingContext context) {
        // Nobody was asked for a key where there is none: those calls are open, and have limits of their own.
        if (!(context.user() instanceof QuarkusHttpUser user)) {
            return Uni.createFrom().nullItem();
        }
        return limits.permitRequest(Caller.of(user.getSecurityIdentity()).id())
                .invoke(headers -> headers.forEach(context.response()::putHeader))
                .replaceWith(Uni.createFrom().nullItem());
    }
}
