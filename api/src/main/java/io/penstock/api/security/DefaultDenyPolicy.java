package io.penstock.api.security;

import io.quarkus.security.identity.SecurityIdentity;
import io.quarkus.vertx.http.runtime.security.HttpSecurityPolicy;
import io.smallrye.mutiny.Uni;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;

/**
 * The outer door: whatever is not known to be open, or to be guarded by annotations on its resource methods, needs at
 * least a viewer's key. A path written in some unexpected way therefore ends up closed, not open.
 */
@ApplicationScoped
class DefaultDenyPolicy implements HttpSecurityPolicy {

    private final AccessConfig config;

    @Inject
    DefaultDenyPolicy(AccessConfig config) {
        this.config = config;
    }

    @Override
    public Uni<CheckResult> checkPermission(
            RoutingContext request, Uni<SecurityIdentity> identity, AuthorizationRequestContext context) {
        if (isOpen(request.normalizedPath())) {
            return CheckResult.permit();
        }
        return identity.map(who -> who.hasRole(Role.VIEW) ? CheckResult.PERMIT : CheckResult.DENY)
                // Nothing is let in here: the request has its answer, and only the framework's error log is spared.
                .onFailure(failure -> request.response().ended())
                .recoverWithItem(CheckResult.PERMIT);
    }

    private boolean isOpen(String path) {
        return isUnder("/api", path) // each resource method has its own roles; none: denied
                || isUnder("/q/health", path)
                || isUnder("/console", path) // a page without data; it asks the API for everything
                || path.equals("/") // leads to the console
                || (config.publicMetrics() && isUnder("/q/metrics", path))
                || (config.publicOpenapi() && isUnder("/q/openapi", path));
    }

    private static boolean isUnder(String root, String path) {
        return path.equals(root) || path.startsWith(root + "/");
    }
}
