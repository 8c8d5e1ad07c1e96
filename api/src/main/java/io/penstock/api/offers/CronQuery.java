package io.penstock.api.offers;

import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.core.UriInfo;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of a trigger, for the API's description alone. {@link CronRequest} reads them from the address itself,
 * because a binding keeps neither unknown nor repeated ones.
 */
public class CronQuery {

    @Parameter(
            description = "HIGH: read the offers of the conversion list again. No other parameter may be given",
            schema = @Schema(type = SchemaType.STRING, enumeration = "HIGH"))
    @QueryParam("fetchByPriority")
    @Nullable
    String fetchByPriority;

    @Parameter(
            description = "Sweep so many pages; with startPage no page beyond 120",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "120"))
    @QueryParam("maxPages")
    @Nullable
    String maxPages;

    @Parameter(
            description = "First page of the sweep",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "120", defaultValue = "1"))
    @QueryParam("startPage")
    @Nullable
    String startPage;

    @Parameter(
            description = "Pages each chunk reads at once",
            schema = @Schema(type = SchemaType.INTEGER, minimum = "1", maximum = "20", defaultValue = "5"))
    @QueryParam("concurrency")
    @Nullable
    String concurrency;

    @Parameter(
            description = "Offers of this status",
            schema =
                    @Schema(
                            type = SchemaType.STRING,
                            enumeration = {"Active", "Paused", "Blocked", "Unknown"},
                            defaultValue = "Active"))
    @QueryParam("status")
    @Nullable
    String status;

    @Context
    @Nullable
    UriInfo uri;

    /** As the caller wrote them. */
    MultivaluedMap<String, String> given() {
        UriInfo known = uri;
        if (known == null) {
            throw new IllegalStateException("the framework sets this before the resource is called");
        }
        return known.getQueryParameters();
    }
}
