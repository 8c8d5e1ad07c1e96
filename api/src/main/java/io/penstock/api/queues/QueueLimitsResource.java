package io.penstock.api.queues;

import io.penstock.api.database.NeedsDatabase;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.queue.InvalidLimitException;
import io.penstock.common.queue.LimitOverride;
import io.penstock.common.queue.LimitOverrideCodec;
import io.penstock.common.queue.LimitStore;
import io.penstock.common.queue.QueueLimits;
import io.penstock.common.queue.QueueLimitsSync;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueUnavailableException;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.Optional;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** The limits of queues, and changing them while they work. */
@Path("/api/queues")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues", description = "Queues at a glance, pause and resume")
public class QueueLimitsResource {

    private static final Logger LOG = Logger.getLogger(QueueLimitsResource.class);

    private final QueuePolicies policies;
    private final LimitStore store;
    private final QueueLimitsSync sync;
    private final SecurityIdentity identity;

    @Inject
    QueueLimitsResource(QueuePolicies policies, LimitStore store, QueueLimitsSync sync, SecurityIdentity identity) {
        this.policies = policies;
        this.store = store;
        this.sync = sync;
        this.identity = identity;
    }

    @GET
    @Path("/{queue}/limits")
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the limits of a queue",
            description =
                    "As configured, as overridden, and as they are in force. A change that another process has taken "
                            + "shows within two seconds.")
    public Uni<LimitsAnswer> limits(@Parameter(description = "Name of the queue") @PathParam("queue") String name) {
        QueuePolicy configured = configured(name);
        return Uni.createFrom()
                .item(LimitsAnswer.of(configured, policies.inForce(configured), policies.override(name)));
    }

    @PUT
    @Path("/{queue}/limits")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.ADMINISTER)
    @NeedsDatabase
    @Operation(
            summary = "Change the limits of a queue",
            description =
                    "Replaces what was changed before: what is null or left out is as configured again. In force in "
                            + "every process within two seconds, over restarts. What runs goes on, also beyond a lower limit.")
    public Uni<LimitsAnswer> change(
            @Parameter(description = "Name of the queue") @PathParam("queue") String name,
            @Nullable LimitsRequest body) {
        QueuePolicy configured = configured(name);
        if (body == null) {
            throw ProblemException.of(ProblemCode.INVALID_REQUEST, "A body is needed; {} takes everything back.");
        }
        QueueLimits limits = body.limits();
        QueuePolicy inForce = applied(limits, configured);
        String who = Caller.of(identity).id();
        return store.change(name, limits, who)
                .invoke(change -> LOG.infof(
                        "limits of queue %s were changed by %s: before %s, after %s",
                        name, who, text(change.before(), change.after()), LimitOverrideCodec.encode(change.after())))
                .call(change -> sync.reconcile()
                        .onFailure(QueueUnavailableException.class)
                        .transform(QueueLimitsResource::stored))
                .map(change -> LimitsAnswer.of(configured, inForce, Optional.of(change.after())));
    }

    /** Whatever Redis has done: the change is stored, and is put there as soon as it answers. */
    private static Throwable stored(Throwable failure) {
        return new QueueUnavailableException(
                "the change is stored and takes effect when Redis answers: " + failure.getMessage(),
                QueueUnavailableException.Effect.UNKNOWN,
                failure);
    }

    private static String text(QueueLimits before, LimitOverride after) {
        return before.equals(QueueLimits.NONE)
                ? "as configured"
                : LimitOverrideCodec.encode(new LimitOverride(before, after.changedBy(), after.changedAt()));
    }

    private static QueuePolicy applied(QueueLimits limits, QueuePolicy configured) {
        try {
            return limits.applyTo(configured);
        } catch (InvalidLimitException e) {
            throw LimitsRequest.refused(e);
        }
    }

    private QueuePolicy configured(String name) {
        return policies.find(name)
                .map(known -> policies.configured(name))
                .orElseThrow(() -> ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name."));
    }
}
