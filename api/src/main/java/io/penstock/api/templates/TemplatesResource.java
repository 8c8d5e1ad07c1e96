package io.penstock.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.batch.BatchIds;
import io.penstock.common.templates.NoSuchTemplateException;
import io.penstock.common.templates.RuleSet;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplateRefusedException;
import io.penstock.common.templates.TemplateView;
import io.penstock.common.templates.Templates;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.TemplateField;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.net.URI;
import java.time.InstantSource;
import java.util.UUID;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Templates of one tenant, one at a time. What another tenant has does not exist here. */
@Path("/api/templates")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Templates", description = "Course templates that inherit from one another")
@NeedsDatabase
@HeedsScope
public class TemplatesResource {

    private final Templates templates;
    private final TemplateCaches caches;
    private final TemplateTenants tenants;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    TemplatesResource(Templates templates, TemplateCaches caches, TemplateTenants tenants, SecurityIdentity identity) {
        this.templates = templates;
        this.caches = caches;
        this.tenants = tenants;
        this.identity = identity;
    }

    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Make a template",
            description =
                    "201 with the template and what it inherits. Its properties are held to the nearest rules of its"
                            + " chain.")
    public Uni<RestResponse<TemplateView>> create(TemplateBodies.@Nullable Create body) {
        TemplateBodies.Create asked = TemplateRequests.present(body);
        String tenant = TemplateRequests.tenant(identity, asked.tenant());
        ObjectNode set = fields("template", asked.template());
        if (!set.has("name")) {
            throw TemplateRequests.invalid("template.name", "is missing");
        }
        UUID id = BatchIds.next(clock.instant());
        return tenants.permitChange(tenant)
                .chain(() -> templates.create(
                        tenant, id, set, strictness(asked.validation()), TemplateRequests.by(identity)))
                .onFailure()
                .transform(failure -> told("template", failure))
                .chain(() -> view(tenant, id))
                .map(view -> RestResponse.ResponseBuilder.<TemplateView>create(RestResponse.Status.CREATED)
                        .location(URI.create("/api/templates/" + id))
                        .entity(view)
                        .build());
    }

    @GET
    @Path("/{id}")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at a template",
            description =
                    "'own' is what it sets itself, 'effective' what holds for it, 'inherited' from whom it has what.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<TemplateView> get(@PathParam("id") String id, @Context UriInfo uri) {
        return view(TemplateRequests.tenantOf(identity, uri), TemplateRequests.known(id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Change a template",
            description = "409 version-conflict where it is not the version that was expected any more.")
    public Uni<TemplateView> update(@PathParam("id") String id, TemplateBodies.@Nullable Update body) {
        TemplateBodies.Update asked = TemplateRequests.present(body);
        String tenant = TemplateRequests.tenant(identity, asked.tenant());
        UUID template = TemplateRequests.known(id);
        long expected = expected(asked.expectedVersion());
        ObjectNode set = fields("set", asked.set());
        if (set.isEmpty()) {
            throw TemplateRequests.invalid("set", "holds nothing to be changed");
        }
        return changed(tenant, template, expected, set, strictness(asked.validation()));
    }

    @POST
    @Path("/{id}/archive")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Archive a template",
            description = "409 template-state while active templates inherit from it, or courses of it are not over.")
    public Uni<TemplateView> archive(@PathParam("id") String id, TemplateBodies.@Nullable Archive body) {
        TemplateBodies.Archive asked = TemplateRequests.present(body);
        String tenant = TemplateRequests.tenant(identity, asked.tenant());
        ObjectNode set = JsonNodeFactory.instance.objectNode().put("status", "archived");
        return changed(
                tenant, TemplateRequests.known(id), expected(asked.expectedVersion()), set, RuleSet.Strictness.PARTIAL);
    }

    private Uni<TemplateView> changed(
            String tenant, UUID id, long expected, ObjectNode set, RuleSet.Strictness strictness) {
        return tenants.permitChange(tenant)
                .chain(() -> templates.update(tenant, id, expected, set, strictness, TemplateRequests.by(identity)))
                .onFailure()
                .transform(failure -> told("set", failure))
                .chain(() -> view(tenant, id));
    }

    @DELETE
    @Path("/{id}")
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Remove a template",
            description = "With its versions, tags and uses. 409 template-state while anything hangs on it.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(
            name = "expectedVersion",
            in = ParameterIn.QUERY,
            description = "Another version is a conflict; default: whatever is there",
            schema = @Schema(implementation = Long.class))
    public Uni<Void> delete(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters given = QueryParameters.of(uri.getQueryParameters(), "tenant", "expectedVersion");
        String tenant = TemplateRequests.tenant(identity, given.text("tenant").orElse(null));
        UUID template = TemplateRequests.known(id);
        Long expected = given.has("expectedVersion")
                ? Long.valueOf(given.number("expectedVersion", 1, Integer.MAX_VALUE, 1))
                : null;
        return tenants.permitChange(tenant)
                .chain(() -> templates.delete(tenant, template, expected, TemplateRequests.by(identity)))
                .onFailure()
                .transform(failure -> told("id", failure));
    }

    private static ObjectNode fields(String at, @Nullable JsonNode given) {
        if (!(given instanceof ObjectNode set)) {
            throw TemplateRequests.invalid(at, "must be an object");
        }
        TemplateField.faults(set).stream().findFirst().ifPresent(fault -> {
            int colon = fault.indexOf(": ");
            throw TemplateRequests.invalid(at + "." + fault.substring(0, colon), fault.substring(colon + 2));
        });
        return set;
    }

    private static long expected(@Nullable Long version) {
        if (version == null) {
            throw TemplateRequests.invalid("expectedVersion", "is missing");
        }
        return version;
    }

    private static RuleSet.Strictness strictness(@Nullable String word) {
        return word == null
                ? RuleSet.Strictness.STRICT
                : RuleSet.Strictness.ofWire(word)
                        .orElseThrow(() -> TemplateRequests.invalid("validation", "must be one of strict, partial"));
    }

    private Uni<TemplateView> view(String tenant, UUID id) {
        return caches.view(tenant, id).map(TemplateRequests::there);
    }

    // refusals

    private static Throwable told(String at, Throwable failure) {
        if (failure instanceof NoSuchTemplateException) {
            return TemplateRequests.noSuchTemplate();
        }
        return failure instanceof TemplateRefusedException refused ? told(at, refused.conflict()) : failure;
    }

    private static ProblemException told(String at, Conflict conflict) {
        String field = conflict.fields().isEmpty()
                ? null
                : at + "." + conflict.fields().get(0);
        ProblemCode code =
                switch (conflict.kind()) {
                    case VERSION -> ProblemCode.VERSION_CONFLICT;
                    case BUSINESS_RULE -> ProblemCode.TEMPLATE_STATE;
                    case DEPENDENCY -> conflict.forceable() ? ProblemCode.TEMPLATE_STATE : ProblemCode.INVALID_REQUEST;
                    case DATA_INTEGRITY ->
                        conflict.fields().contains("name") ? ProblemCode.TEMPLATE_STATE : ProblemCode.INVALID_REQUEST;
                    case RESOURCE -> ProblemCode.INVALID_REQUEST;
                };
        return field == null || code == ProblemCode.VERSION_CONFLICT
                ? ProblemException.of(code, conflict.what())
                : ProblemException.at(field, code, conflict.what());
    }
}
