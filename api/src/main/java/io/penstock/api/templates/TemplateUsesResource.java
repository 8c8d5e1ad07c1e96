package io.penstock.api.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.batch.BatchIds;
import io.penstock.common.page.PageCursor;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplateUses;
import io.penstock.common.templates.bulk.TemplateField;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.time.InstantSource;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** How templates of one tenant are used, what they were, and their categories. What another tenant has does not exist here. */
@Path("/api/templates")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Templates", description = "Course templates that inherit from one another")
@NeedsDatabase
@HeedsScope
public class TemplateUsesResource {

    private static final int LATEST_USES = 20;
    private static final Pattern WORD = Pattern.compile("[a-z0-9_-]{1,60}");
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

    private final TemplateUses uses;
    private final TemplateCaches caches;
    private final TemplateTenants tenants;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    TemplateUsesResource(TemplateUses uses, TemplateCaches caches, TemplateTenants tenants, SecurityIdentity identity) {
        this.uses = uses;
        this.caches = caches;
        this.tenants = tenants;
        this.identity = identity;
    }

    @PUT
    @Path("/{id}/favourite")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Make a template one of your favourites")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<Void> addFavourite(@PathParam("id") String id, @Context UriInfo uri) {
        return favourite(id, uri, true);
    }

    @DELETE
    @Path("/{id}/favourite")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Take a template from your favourites")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<Void> dropFavourite(@PathParam("id") String id, @Context UriInfo uri) {
        return favourite(id, uri, false);
    }

    private Uni<Void> favourite(String id, UriInfo uri, boolean wanted) {
        String tenant = TemplateRequests.tenantOf(identity, uri);
        UUID template = TemplateRequests.known(id);
        return uses.favourite(tenant, template, Caller.of(identity).id(), wanted)
                .invoke(TemplateRequests::require)
                .replaceWithVoid();
    }

    @GET
    @Path("/{id}/uses")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See how a template is used", description = "With its latest 20 uses.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<TemplateUses.Usage> uses(@PathParam("id") String id, @Context UriInfo uri) {
        return uses.usage(
                        TemplateRequests.tenantOf(identity, uri),
                        TemplateRequests.known(id),
                        Caller.of(identity).id(),
                        LATEST_USES)
                .map(TemplateRequests::there);
    }

    @POST
    @Path("/{id}/uses")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Tell of a use", description = "It counts, with the version that was used.")
    public Uni<RestResponse<Void>> use(@PathParam("id") String id, TemplateBodies.@Nullable NewUse body) {
        TemplateBodies.NewUse asked = TemplateRequests.present(body);
        String tenant = TemplateRequests.tenant(identity, asked.tenant());
        UUID template = TemplateRequests.known(id);
        String type = asked.type() == null ? "course" : asked.type();
        if (!WORD.matcher(type).matches()) {
            throw TemplateRequests.invalid("type", "must be a word of small letters, digits, - and _");
        }
        JsonNode custom =
                asked.customisations() == null || asked.customisations().isNull()
                        ? JsonNodeFactory.instance.objectNode()
                        : asked.customisations();
        ObjectNode held = JsonNodeFactory.instance.objectNode().set("dynamicProperties", custom);
        TemplateField.faults(held).stream().findFirst().ifPresent(fault -> {
            throw TemplateRequests.invalid("customisations", fault.substring(fault.indexOf(": ") + 2));
        });
        if (asked.outcome() != null && !TemplateRequests.isText(asked.outcome())) {
            throw TemplateRequests.invalid(
                    "outcome", "must be a text of 1 to " + TemplateRequests.MAX_TEXT + " characters");
        }
        return uses.use(
                        tenant,
                        template,
                        BatchIds.next(clock.instant()),
                        type,
                        custom,
                        asked.outcome(),
                        TemplateRequests.by(identity))
                .invoke(TemplateRequests::require)
                .map(done -> RestResponse.status(RestResponse.Status.CREATED));
    }

    @GET
    @Path("/{id}/versions")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See what a template was", description = "Before its present version; the latest first.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(ref = ListPage.BEFORE)
    @Parameter(ref = ListPage.LIMIT)
    public Uni<TemplateBodies.Versions> versions(@PathParam("id") String id, @Context UriInfo uri) {
        QueryParameters given = QueryParameters.of(uri.getQueryParameters(), "tenant", "before", "limit");
        String tenant = TemplateRequests.tenant(identity, given.text("tenant").orElse(null));
        UUID template = TemplateRequests.known(id);
        ListPage page = ListPage.before(given, "template-versions", tenant + " " + id);
        long before = page.start(place -> place.number(0)).orElse(Long.MAX_VALUE);
        return caches.view(tenant, template)
                .map(TemplateRequests::there)
                .chain(() -> uses.versions(tenant, template, before, page.limit()))
                .map(found ->
                        new TemplateBodies.Versions(found, page.next(found, last -> PageCursor.of(last.version()))));
    }

    @GET
    @Path("/categories")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List a tenant's categories")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<TemplateBodies.Categories> categories(@Context UriInfo uri) {
        return uses.categories(TemplateRequests.tenantOf(identity, uri)).map(TemplateBodies.Categories::new);
    }

    @POST
    @Path("/categories")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Make a category", description = "409 template-state where there is one of this name.")
    public Uni<RestResponse<TemplateUses.Category>> addCategory(TemplateBodies.@Nullable NewCategory body) {
        TemplateBodies.NewCategory asked = TemplateRequests.present(body);
        String tenant = TemplateRequests.tenant(identity, asked.tenant());
        String name = asked.name();
        if (name == null || !TemplateRequests.isText(name)) {
            throw TemplateRequests.invalid(
                    "name", "must be a text of 1 to " + TemplateRequests.MAX_TEXT + " characters");
        }
        if (asked.colour() != null && !COLOUR.matcher(asked.colour()).matches()) {
            throw TemplateRequests.invalid("colour", "must be a colour such as #1f6feb");
        }
        UUID id = BatchIds.next(clock.instant());
        return tenants.permitChange(tenant)
                .chain(() -> uses.addCategory(tenant, id, name, asked.colour()))
                .map(added -> {
                    if (!added) {
                        throw ProblemException.at(
                                "name",
                                ProblemCode.TEMPLATE_STATE,
                                "There is a category of this name, or there are 1,000 already.");
                    }
                    return RestResponse.status(
                            RestResponse.Status.CREATED,
                            new TemplateUses.Category(id.toString(), name, asked.colour()));
                });
    }
}
