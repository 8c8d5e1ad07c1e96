package io.penstock.api.audit;

import io.penstock.common.audit.AuditEntry;
import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/** By which resources say more than the call and its answer tell. What they say ends up in the entry of the request under way. */
@ApplicationScoped
public class AuditTrail {

    private static final String DETAILS = "penstock.audit.details";

    private final CurrentVertxRequest request;

    @Inject
    AuditTrail(CurrentVertxRequest request) {
        this.request = request;
    }

    /** What is known of a call besides itself. */
    static final class Details {
        @Nullable
        Object before;

        @Nullable
        Object after;

        AuditEntry.@Nullable Actor actor;

        @Nullable
        String action;
    }

    /** How it was. Any record; fields that are named like secrets and payloads are left out. */
    public void before(Object before) {
        Details details = details();
        if (details != null) {
            details.before = before;
        }
    }

    /** How it is, where the answer does not say. */
    public void after(Object after) {
        Details details = details();
        if (details != null) {
            details.after = after;
        }
    }

    /** Who it is that tries, where neither key nor cookie says. */
    public void actor(AuditEntry.Actor actor) {
        Details details = details();
        if (details != null) {
            details.actor = actor;
        }
    }

    /** Makes a call of the method GET one that leaves an entry, too: it shows what not everybody may see. */
    public void read(String action) {
        Details details = details();
        if (details != null) {
            details.action = action;
        }
    }

    private @Nullable Details details() {
        RoutingContext http = request.getCurrent();
        if (http == null) {
            return null;
        }
        Details known = of(http);
        if (known == null) {
            known = new Details();
            http.put(DETAILS, known);
        }
        return known;
    }

    static @Nullable Details of(RoutingContext http) {
        return http.get(DETAILS);
    }
}
