package io.penstock.api;

import io.penstock.api.security.Role;
import io.penstock.common.queue.QueueUnavailableException;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;

/** Fails in ways that resources should not. */
@Path("/api/broken")
public class BrokenResource {

    public static final String INSIDE = "something of the inside";

    @GET
    @RolesAllowed(Role.VIEW)
    public String fail() {
        throw new IllegalStateException(INSIDE);
    }

    @GET
    @Path("/queue")
    @RolesAllowed(Role.VIEW)
    public String queueAway() {
        throw new QueueUnavailableException(INSIDE, QueueUnavailableException.Effect.UNKNOWN, null);
    }

    @GET
    @Path("/forgotten")
    public String withoutRole() {
        return "nobody should read this";
    }
}
