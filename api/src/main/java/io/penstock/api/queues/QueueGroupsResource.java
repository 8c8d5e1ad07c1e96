package io.penstock.api.queues;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.security.Caller;
import io.penstock.api.security.Role;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.Outcome;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.security.identity.SecurityIdentity;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Pauses single groups of a queue: one customer, one upstream account. */
@Path("/api/queues")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues", description = "Queues at a glance, pause and resume")
public class QueueGroupsResource {

    private static final Logger LOG = Logger.getLogger(QueueGroupsResource.class);

    private final JobQueue queue;
    private final QueuePolicies policies;
    private final SecurityIdentity identity;

    /** A group none of whose jobs starts. */
    @RegisterForReflection
    @Schema(name = "PausedGroup")
    public record PausedGroup(
            String group, @Schema(description = "When its jobs start again, by Redis's clock") Instant until) {}

    /** All of a queue. */
    @RegisterForReflection
    @Schema(name = "PausedGroups")
    public record PausedGroupList(List<PausedGroup> groups) {}

    /** What lifting a pause did. */
    @RegisterForReflection
    @Schema(name = "GroupResumed")
    public record GroupResumed(String group, @Schema(description = "False: it was not paused") boolean wasPaused) {}

    @Inject
    QueueGroupsResource(JobQueue queue, QueuePolicies policies, SecurityIdentity identity) {
        this.queue = queue;
        this.policies = policies;
        this.identity = identity;
    }

    @GET
    @Path("/{queue}/paused-groups")
    @RolesAllowed(Role.VIEW)
    @Operation(summary = "Look at the groups of a queue that are paused", description = "By the end of their pause.")
    public Uni<PausedGroupList> paused(@Parameter(description = "Name of the queue") @PathParam("queue") String name) {
        return queue.pausedGroups(known(name))
                .map(QueueGroupsResource::stillPaused)
                .map(paused -> new PausedGroupList(paused.entrySet().stream()
                        .sorted(Map.Entry.<String, Instant>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                        .map(one -> new PausedGroup(one.getKey(), one.getValue()))
                        .toList()));
    }

    /** The store keeps a pause that has ended until a worker has let the group's jobs in. */
    static Map<String, Instant> stillPaused(Map<String, Instant> untilByGroup) {
        Instant now = Instant.now();
        return untilByGroup.entrySet().stream()
                .filter(one -> one.getValue().isAfter(now))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @POST
    @Path("/{queue}/groups/{group:.+}/pause")
    @Consumes(MediaType.APPLICATION_JSON)
    @RolesAllowed(Role.OPERATE)
    @Operation(
            summary = "Pause one group of a queue for a time",
            description =
                    "No job of it starts; running ones end, new ones are accepted, other groups go on, and no attempt is "
                            + "used up. The group need not exist. Asking again sets the time anew.")
    public Uni<PausedGroup> pause(
            @Parameter(description = "Name of the queue") @PathParam("queue") String name,
            @Parameter(description = "The group") @PathParam("group") String group,
            @Nullable GroupPauseRequest body) {
        known(name);
        named(group);
        long forMs = body == null || body.forMs() == null ? 0 : body.forMs();
        Duration most = Outcome.Snooze.MAX_GROUP_PAUSE;
        if (forMs < 1 || forMs > most.toMillis()) {
            throw ProblemException.at(
                    "forMs", ProblemCode.INVALID_REQUEST, "forMs: must be 1 ms to " + most.toDays() + " days");
        }
        return queue.pauseGroup(name, group, Duration.ofMillis(forMs)).map(until -> {
            Instant end = until.orElseThrow(() -> ProblemException.of(
                    ProblemCode.TOO_MANY_PAUSED_GROUPS, "Lift pauses that are not needed, or pause the queue."));
            LOG.infof(
                    "group %s of queue %s was paused until %s by %s",
                    group, name, end, Caller.of(identity).id());
            return new PausedGroup(group, end);
        });
    }

    @DELETE
    @Path("/{queue}/groups/{group:.+}/pause")
    @RolesAllowed(Role.OPERATE)
    @Operation(summary = "Lift the pause of a group", description = "Its jobs start again within two seconds.")
    public Uni<GroupResumed> resume(
            @Parameter(description = "Name of the queue") @PathParam("queue") String name,
            @Parameter(description = "The group") @PathParam("group") String group) {
        known(name);
        named(group);
        return queue.resumeGroup(name, group)
                .invoke(was -> LOG.infof(
                        "the pause of group %s of queue %s was lifted by %s",
                        group, name, Caller.of(identity).id()))
                .map(was -> new GroupResumed(group, was));
    }

    private static void named(String group) {
        try {
            new JobLabels(Optional.of(group), Optional.empty(), List.of());
        } catch (InvalidJobException e) {
            throw ProblemException.of(ProblemCode.INVALID_PARAMETER, String.valueOf(e.getMessage()));
        }
    }

    private String known(String name) {
        return policies.find(name)
                .orElseThrow(() -> ProblemException.of(ProblemCode.UNKNOWN_QUEUE, "No queue has this name."))
                .queue();
    }
}
