package io.penstock.api.templates;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.quarkus.security.identity.SecurityIdentity;
import jakarta.ws.rs.core.UriInfo;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What calls about templates have in common: whose they are about, who asks, and what is told of what is wrong. */
final class TemplateRequests {

    static final int MAX_TEXT = 200;

    private TemplateRequests() {}

    static <T> T present(@Nullable T body) {
        if (body == null) {
            throw invalid("tenant", "is missing");
        }
        return body;
    }

    static String tenant(SecurityIdentity identity, @Nullable String named) {
        return TemplateTenants.of(Caller.of(identity).scope(), named);
    }

    /** Of a call with no other parameter. */
    static String tenantOf(SecurityIdentity identity, UriInfo uri) {
        return tenant(
                identity,
                QueryParameters.of(uri.getQueryParameters(), "tenant")
                        .text("tenant")
                        .orElse(null));
    }

    static String by(SecurityIdentity identity) {
        return Caller.of(identity).name();
    }

    static boolean isText(String text) {
        return !text.isBlank() && text.length() <= MAX_TEXT && text.indexOf('\0') < 0;
    }

    /** An id of a path: what is none is not there. */
    static UUID known(String text) {
        return id(text).orElseThrow(TemplateRequests::noSuchTemplate);
    }

    static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static <T> T there(@Nullable T found) {
        if (found == null) {
            throw noSuchTemplate();
        }
        return found;
    }

    static void require(boolean found) {
        if (!found) {
            throw noSuchTemplate();
        }
    }

    static ProblemException invalid(String field, String text) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + text);
    }

    static ProblemException noSuchTemplate() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "There is no such template.");
    }
}
