package io.penstock.api.templates;

import io.penstock.api.flow.CallerLimits;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Scope;
import io.penstock.common.flow.RateLimit;
import io.penstock.common.templates.bulk.TemplateBulkConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whose templates a call is about, and how often a tenant may change them. */
@ApplicationScoped
class TemplateTenants {

    static final int MAX_NAME = 100;

    private final CallerLimits limits;
    private final RateLimit perMinute;

    @Inject
    TemplateTenants(CallerLimits limits, TemplateBulkConfig config) {
        this.limits = limits;
        this.perMinute = new RateLimit(
                config.operationsPerMinute(), Duration.ofMinutes(1), Math.max(1, config.operationsPerMinute() / 2));
    }

    /** Fails with a 429 problem where the tenant has changed as much as it may. */
    Uni<Void> permitChange(String tenant) {
        return limits.permitTenant(tenant, "templates", perMinute);
    }

    /** The tenant of the key, or the one that is named. Another one than the key's does not exist. */
    static String of(Scope scope, @Nullable String named) {
        Optional<String> own = scope.tenant();
        if (own.isPresent()) {
            if (named != null && !named.equals(own.get())) {
                throw ProblemException.of(ProblemCode.NOT_FOUND, "There is no such tenant.");
            }
            return own.get();
        }
        if (named == null || named.isBlank()) {
            throw invalid("is missing");
        }
        if (named.length() > MAX_NAME || named.indexOf('\0') >= 0) {
            throw invalid("must have at most " + MAX_NAME + " characters");
        }
        return named;
    }

    private static ProblemException invalid(String text) {
        return ProblemException.at("tenant", ProblemCode.INVALID_REQUEST, "tenant: " + text);
    }
}
