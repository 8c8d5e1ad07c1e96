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
import io.penstock.common.templates.NoSuchTemplateException;
import io.penstock.common.templates.RuleSet;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplatePage;
import io.penstock.common.templates.TemplatePlace;
import io.penstock.common.templates.TemplateQuery;
import io.penstock.common.templates.TemplateRefusedException;
import io.penstock.common.templates.TemplateSort;
import io.penstock.common.templates.TemplateUses;
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
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.net.URI;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Templates of one tenant, one at a time, and the search. What another tenant has does not exist here. */
@Path("/api/templates")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Templates", description = "Course templates that inherit from one another")
@NeedsDatabase
@HeedsScope
public class TemplatesResource {

    private static final int MOST = 200;
    private static final int DEFAULT = 50;
    private static final int MAX_TAGS = 20;
    private static final int MAX_TEXT = 200;
    private static final int LATEST_USES = 20;
    private static final BigDecimal MAX_PRICE = new BigDecimal("9999999999.99");
    private static final Pattern WORD = Pattern.compile("[a-z0-9_-]{1,60}");
    private static final Pattern COLOUR = Pattern.compile("#[0-9a-fA-F]{6}");

    private final Templates templates;
    private final TemplateUses uses;
    private final TemplateCaches caches;
    private final TemplateTenants tenants;
    private final SecurityIdentity identity;
    private final InstantSource clock = InstantSource.system();

    @Inject
    TemplatesResource(
            Templates templates,
            TemplateUses uses,
            TemplateCaches caches,
            TemplateTenants tenants,
            SecurityIdentity identity) {
        this.templates = templates;
        this.uses = uses;
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
        TemplateBodies.Create asked = present(body);
        String tenant = tenant(asked.tenant());
        ObjectNode set = fields("template", asked.template());
        if (!set.has("name")) {
            throw invalid("template.name", "is missing");
        }
        UUID id = BatchIds.next(clock.instant());
        return tenants.permitChange(tenant)
                .chain(() -> templates.create(tenant, id, set, strictness(asked.validation()), by()))
                .onFailure()
                .transform(failure -> told("template", failure))
                .chain(() -> view(tenant, id))
                .map(view -> RestResponse.ResponseBuilder.<TemplateView>create(RestResponse.Status.CREATED)
                        .location(URI.create("/api/templates/" + id))
                        .entity(view)
                        .build());
    }

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Find templates",
            description = "All filters that are given hold. A page has the places of the next and of the one before.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "status", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "category", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "kind", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(name = "skillLevel", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    @Parameter(
            name = "text",
            in = ParameterIn.QUERY,
            description = "Part of the name, the description or a tag",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = "tags",
            in = ParameterIn.QUERY,
            description = "Names with commas between; any of them",
            schema = @Schema(implementation = String.class))
    @Parameter(name = "minPrice", in = ParameterIn.QUERY, schema = @Schema(implementation = BigDecimal.class))
    @Parameter(name = "maxPrice", in = ParameterIn.QUERY, schema = @Schema(implementation = BigDecimal.class))
    @Parameter(name = "minDuration", in = ParameterIn.QUERY, schema = @Schema(implementation = Integer.class))
    @Parameter(name = "maxDuration", in = ParameterIn.QUERY, schema = @Schema(implementation = Integer.class))
    @Parameter(
            name = "favourites",
            in = ParameterIn.QUERY,
            description = "true: only your own",
            schema = @Schema(implementation = Boolean.class))
    @Parameter(
            name = "popular",
            in = ParameterIn.QUERY,
            description = "true: only what was used more than 10 times",
            schema = @Schema(implementation = Boolean.class))
    @Parameter(
            name = "sort",
            in = ParameterIn.QUERY,
            description = "name, created, updated, usage, last_used or popularity; default name",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = "order",
            in = ParameterIn.QUERY,
            description = "asc or desc; default asc for names, desc for all else",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = "place",
            in = ParameterIn.QUERY,
            description = "'next' or 'previous' of another page",
            schema = @Schema(implementation = String.class))
    @Parameter(
            name = "limit",
            in = ParameterIn.QUERY,
            description = "1 to 200; default 50",
            schema = @Schema(implementation = Integer.class))
    public Uni<TemplatePage> search(@Context UriInfo uri) {
        return caches.page(query(uri)).map(page -> {
            if (page == null) {
                throw new IllegalStateException("a search without a page");
            }
            return page;
        });
    }

    private TemplateQuery query(UriInfo uri) {
        QueryParameters given = QueryParameters.of(
                uri.getQueryParameters(),
                "tenant",
                "status",
                "category",
                "kind",
                "skillLevel",
                "text",
                "tags",
                "minPrice",
                "maxPrice",
                "minDuration",
                "maxDuration",
                "favourites",
                "popular",
                "sort",
                "order",
                "place",
                "limit");
        String tenant = tenant(given.text("tenant").orElse(null));
        TemplateSort sort = TemplateSort.ofWire(given.oneOf("sort", TemplateSort.wires(), "name"))
                .orElse(TemplateSort.NAME);
        boolean ascending = given.oneOf("order", List.of("asc", "desc"), sort == TemplateSort.NAME ? "asc" : "desc")
                .equals("asc");
        List<String> tags = given.storable("tags", MAX_TAGS * MAX_TEXT)
                .map(text ->
                        Arrays.stream(text.split(",", -1)).map(String::strip).toList())
                .orElse(List.of());
        if (tags.size() > MAX_TAGS || tags.stream().anyMatch(String::isEmpty)) {
            throw QueryParameters.invalid("tags", "tags: must be 1 to " + MAX_TAGS + " names with commas between");
        }
        return new TemplateQuery(
                tenant,
                word(given, "status", "draft", "active", "archived", "deprecated"),
                given.text("category")
                        .map(text -> id(text).orElseThrow(
                                        () -> QueryParameters.invalid("category", "category: must be an id")))
                        .orElse(null),
                word(given, "kind", "base", "specialized", "custom"),
                word(given, "skillLevel", "beginner", "intermediate", "advanced", "expert"),
                given.storable("text", MAX_TEXT).orElse(null),
                tags,
                price(given, "minPrice"),
                price(given, "maxPrice"),
                duration(given, "minDuration"),
                duration(given, "maxDuration"),
                flag(given, "favourites") ? Caller.of(identity).id() : null,
                flag(given, "popular"),
                sort,
                ascending,
                given.text("place", TemplatePlace.MAX_LENGTH)
                        .map(text -> TemplatePlace.ofText(text)
                                .filter(place -> place.sort() == sort && place.ascending() == ascending)
                                .orElseThrow(() -> QueryParameters.invalid(
                                        "place", "place: must be 'next' or 'previous' of a page of the same order")))
                        .orElse(null),
                given.limit(MOST, DEFAULT));
    }

    private static @Nullable String word(QueryParameters given, String name, String... allowed) {
        return given.has(name) ? given.oneOf(name, List.of(allowed), "") : null;
    }

    private static boolean flag(QueryParameters given, String name) {
        return given.oneOf(name, List.of("true", "false"), "false").equals("true");
    }

    private static @Nullable Integer duration(QueryParameters given, String name) {
        return given.has(name) ? Integer.valueOf(given.number(name, 0, Integer.MAX_VALUE, 0)) : null;
    }

    private static @Nullable BigDecimal price(QueryParameters given, String name) {
        Optional<String> text = given.text(name, 20);
        if (text.isEmpty()) {
            return null;
        }
        try {
            BigDecimal price = new BigDecimal(text.get());
            if (price.signum() >= 0
                    && price.precision() < 20
                    && Math.abs(price.scale()) < 20
                    && price.compareTo(MAX_PRICE) <= 0) {
                return price;
            }
        } catch (NumberFormatException e) {
            // Told below, together with what is out of range.
        }
        throw QueryParameters.invalid(name, name + ": must be a number from 0 to " + MAX_PRICE);
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
        return view(tenantOf(uri), known(id));
    }

    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Change a template",
            description = "409 version-conflict where it is not the version that was expected any more.")
    public Uni<TemplateView> update(@PathParam("id") String id, TemplateBodies.@Nullable Update body) {
        TemplateBodies.Update asked = present(body);
        String tenant = tenant(asked.tenant());
        UUID template = known(id);
        long expected = expected(asked.expectedVersion());
        ObjectNode set = fields("set", asked.set());
        if (set.isEmpty()) {
            throw invalid("set", "holds nothing to be changed");
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
        TemplateBodies.Archive asked = present(body);
        String tenant = tenant(asked.tenant());
        ObjectNode set = JsonNodeFactory.instance.objectNode().put("status", "archived");
        return changed(tenant, known(id), expected(asked.expectedVersion()), set, RuleSet.Strictness.PARTIAL);
    }

    private Uni<TemplateView> changed(
            String tenant, UUID id, long expected, ObjectNode set, RuleSet.Strictness strictness) {
        return tenants.permitChange(tenant)
                .chain(() -> templates.update(tenant, id, expected, set, strictness, by()))
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
        String tenant = tenant(given.text("tenant").orElse(null));
        UUID template = known(id);
        Long expected = given.has("expectedVersion")
                ? Long.valueOf(given.number("expectedVersion", 1, Integer.MAX_VALUE, 1))
                : null;
        return tenants.permitChange(tenant)
                .chain(() -> templates.delete(tenant, template, expected, by()))
                .onFailure()
                .transform(failure -> told("id", failure));
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
        String tenant = tenantOf(uri);
        UUID template = known(id);
        return uses.favourite(tenant, template, Caller.of(identity).id(), wanted)
                .invoke(TemplatesResource::require)
                .replaceWithVoid();
    }

    @GET
    @Path("/{id}/uses")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "See how a template is used", description = "With its latest 20 uses.")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<TemplateUses.Usage> uses(@PathParam("id") String id, @Context UriInfo uri) {
        return uses.usage(tenantOf(uri), known(id), Caller.of(identity).id(), LATEST_USES)
                .map(TemplatesResource::there);
    }

    @POST
    @Path("/{id}/uses")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Tell of a use", description = "It counts, with the version that was used.")
    public Uni<RestResponse<Void>> use(@PathParam("id") String id, TemplateBodies.@Nullable NewUse body) {
        TemplateBodies.NewUse asked = present(body);
        String tenant = tenant(asked.tenant());
        UUID template = known(id);
        String type = asked.type() == null ? "course" : asked.type();
        if (!WORD.matcher(type).matches()) {
            throw invalid("type", "must be a word of small letters, digits, - and _");
        }
        JsonNode custom =
                asked.customisations() == null || asked.customisations().isNull()
                        ? JsonNodeFactory.instance.objectNode()
                        : asked.customisations();
        ObjectNode held = JsonNodeFactory.instance.objectNode().set("dynamicProperties", custom);
        TemplateField.faults(held).stream().findFirst().ifPresent(fault -> {
            throw invalid("customisations", fault.substring(fault.indexOf(": ") + 2));
        });
        if (asked.outcome() != null && !isText(asked.outcome())) {
            throw invalid("outcome", "must be a text of 1 to " + MAX_TEXT + " characters");
        }
        return uses.use(tenant, template, BatchIds.next(clock.instant()), type, custom, asked.outcome(), by())
                .invoke(TemplatesResource::require)
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
        String tenant = tenant(given.text("tenant").orElse(null));
        UUID template = known(id);
        ListPage page = ListPage.before(given, "template-versions", tenant + " " + id);
        long before = page.start(place -> place.number(0)).orElse(Long.MAX_VALUE);
        return view(tenant, template)
                .chain(() -> uses.versions(tenant, template, before, page.limit()))
                .map(found -> new TemplateBodies.Versions(
                        found, page.next(found, last -> PageCursor.of(last.version()))));
    }

    @GET
    @Path("/categories")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "List a tenant's categories")
    @Parameter(name = "tenant", in = ParameterIn.QUERY, schema = @Schema(implementation = String.class))
    public Uni<TemplateBodies.Categories> categories(@Context UriInfo uri) {
        return uses.categories(tenantOf(uri)).map(TemplateBodies.Categories::new);
    }

    @POST
    @Path("/categories")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Make a category", description = "409 template-state where there is one of this name.")
    public Uni<RestResponse<TemplateUses.Category>> addCategory(TemplateBodies.@Nullable NewCategory body) {
        TemplateBodies.NewCategory asked = present(body);
        String tenant = tenant(asked.tenant());
        String name = asked.name();
        if (name == null || !isText(name)) {
            throw invalid("name", "must be a text of 1 to " + MAX_TEXT + " characters");
        }
        if (asked.colour() != null && !COLOUR.matcher(asked.colour()).matches()) {
            throw invalid("colour", "must be a colour such as #1f6feb");
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

    // what was asked

    private static boolean isText(String text) {
        return !text.isBlank() && text.length() <= MAX_TEXT && text.indexOf('\0') < 0;
    }

    private static <T> T present(@Nullable T body) {
        if (body == null) {
            throw invalid("tenant", "is missing");
        }
        return body;
    }

    private String tenant(@Nullable String named) {
        return TemplateTenants.of(Caller.of(identity).scope(), named);
    }

    private String tenantOf(UriInfo uri) {
        return tenant(QueryParameters.of(uri.getQueryParameters(), "tenant")
                .text("tenant")
                .orElse(null));
    }

    private String by() {
        return Caller.of(identity).name();
    }

    private static ObjectNode fields(String at, @Nullable JsonNode given) {
        if (!(given instanceof ObjectNode set)) {
            throw invalid(at, "must be an object");
        }
        TemplateField.faults(set).stream().findFirst().ifPresent(fault -> {
            int colon = fault.indexOf(": ");
            throw invalid(at + "." + fault.substring(0, colon), fault.substring(colon + 2));
        });
        return set;
    }

    private static long expected(@Nullable Long version) {
        if (version == null) {
            throw invalid("expectedVersion", "is missing");
        }
        return version;
    }

    private static RuleSet.Strictness strictness(@Nullable String word) {
        return word == null
                ? RuleSet.Strictness.STRICT
                : RuleSet.Strictness.ofWire(word)
                        .orElseThrow(() -> invalid("validation", "must be one of strict, partial"));
    }

    private Uni<TemplateView> view(String tenant, UUID id) {
        return caches.view(tenant, id).map(TemplatesResource::there);
    }

    private static <T> T there(@Nullable T found) {
        if (found == null) {
            throw noSuchTemplate();
        }
        return found;
    }

    private static void require(boolean found) {
        if (!found) {
            throw noSuchTemplate();
        }
    }

    private static UUID known(String text) {
        return id(text).orElseThrow(TemplatesResource::noSuchTemplate);
    }

    private static Optional<UUID> id(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    // refusals

    private static Throwable told(String at, Throwable failure) {
        if (failure instanceof NoSuchTemplateException) {
            return noSuchTemplate();
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

    private static ProblemException invalid(String field, String text) {
        return ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": " + text);
    }

    private static ProblemException noSuchTemplate() {
        return ProblemException.of(ProblemCode.NOT_FOUND, "There is no such template.");
    }
}
