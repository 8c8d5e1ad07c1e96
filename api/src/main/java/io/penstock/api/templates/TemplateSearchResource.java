package io.penstock.api.templates;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.request.QueryParameters;
import io.penstock.api.security.Caller;
import io.penstock.api.security.HeedsScope;
import io.penstock.api.security.Role;
import io.penstock.common.templates.TemplateCaches;
import io.penstock.common.templates.TemplatePage;
import io.penstock.common.templates.TemplatePlace;
import io.penstock.common.templates.TemplateQuery;
import io.penstock.common.templates.TemplateSort;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.UriInfo;
import java.math.BigDecimal;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jspecify.annotations.Nullable;

/** The search for templates of one tenant. What another tenant has does not exist here. */
@Path("/api/templates")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Templates", description = "Course templates that inherit from one another")
@NeedsDatabase
@HeedsScope
public class TemplateSearchResource {

    private static final int MOST = 200;
    private static final int DEFAULT = 50;
    private static final int MAX_TAGS = 20;
    private static final int MAX_TEXT = 200;
    private static final BigDecimal MAX_PRICE = new BigDecimal("9999999999.99");

    private final TemplateCaches caches;
    private final SecurityIdentity identity;

    @Inject
    TemplateSearchResource(TemplateCaches caches, SecurityIdentity identity) {
        this.caches = caches;
        this.identity = identity;
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
        String tenant = TemplateRequests.tenant(identity, given.text("tenant").orElse(null));
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
                        .map(text -> TemplateRequests.id(text)
                                .orElseThrow(() -> QueryParameters.invalid("category", "category: must be an id")))
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
}
