package io.penstock.api.queues;

import io.penstock.api.security.Role;
import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;

/** The limits of all queues side by side, and which groups of theirs are paused: what holds work back without a fault. */
@Path("/api/queue-limits")
@ApplicationScoped
@Produces(MediaType.APPLICATION_JSON)
@Tag(name = "Queues", description = "Queues at a glance, pause and resume")
public class QueueLimitListResource {

    private static final int GROUPS_SHOWN = 20;
    private static final int AT_ONCE = 4;

    private final QueuePolicies policies;
    private final JobQueue queue;

    @Inject
    QueueLimitListResource(QueuePolicies policies, JobQueue queue) {
        this.policies = policies;
        this.queue = queue;
    }

    /** All queues, by name. */
    @RegisterForReflection
    @Schema(name = "QueueLimitList")
    public record LimitList(List<OfQueue> queues) {}

    /** One queue. */
    @RegisterForReflection
    @Schema(name = "LimitsOfQueue")
    public record OfQueue(
            String queue,
            LimitsAnswer limits,
            @Schema(description = "How many of its groups are paused") int pausedGroups,
            @Schema(description = "Those whose pause ends first, at most 20") List<PausedGroup> groups) {}

    /** A group that starts nothing for a while. */
    @RegisterForReflection
    @Schema(name = "PausedGroupOfQueue")
    public record PausedGroup(String group, Instant until) {}

    @GET
    @RolesAllowed(Role.VIEW)
    @Operation(
            summary = "Look at the limits of all queues",
            description = "As configured, as overridden and as they are in force, with the groups that are paused.")
    public Uni<LimitList> list() {
        return Multi.createFrom()
                .iterable(policies.all())
                .onItem()
                .transformToUni(this::ofQueue)
                .merge(AT_ONCE)
                .collect()
                .asList()
                .map(all -> new LimitList(all.stream()
                        .sorted(Comparator.comparing(OfQueue::queue))
                        .toList()));
    }

    private Uni<OfQueue> ofQueue(QueuePolicy policy) {
        String name = policy.queue();
        QueuePolicy configured = policies.configured(name);
        LimitsAnswer limits = LimitsAnswer.of(configured, policies.inForce(configured), policies.override(name));
        return queue.pausedGroups(name)
                .map(QueueGroupsResource::stillPaused)
                .map(paused -> new OfQueue(
                        name,
                        limits,
                        paused.size(),
                        paused.entrySet().stream()
                                .sorted(Map.Entry.<String, Instant>comparingByValue()
                                        .thenComparing(Map.Entry.comparingByKey()))
                                .limit(GROUPS_SHOWN)
                                .map(one -> new PausedGroup(one.getKey(), one.getValue()))
                                .toList()));
    }
}
