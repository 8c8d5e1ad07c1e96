package io.penstock.common.queue.redis;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Enqueues a parent with its children in one step; children of other partitions are forwarded. */
final class FamilyEnqueuer {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;
    private final CrossPartitionForwarder forwarder;

    FamilyEnqueuer(RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline) {
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
        this.forwarder = new CrossPartitionForwarder(link, policies, deadline);
    }

    Uni<List<Enqueued>> enqueue(Family family) {
        return RedisResults.uni(() -> {
            checkFamily(family);
            JobPlacement parent = JobPlacement.of(policies, family.parent(), null);
            String place = parent.queue() + "," + parent.partition() + "," + parent.id();
            List<JobPlacement> children = family.children().stream()
                    .map(child -> JobPlacement.of(policies, child, place))
                    .toList();
            Partition partition = Partition.of(parent.policy(), streams.of(parent.policy(), parent.partition()));
            List<Object> args = partition.args(
                    "",
                    parent.id(),
                    parent.stream(),
                    family.onChildFailure().name().toLowerCase(Locale.ROOT),
                    parent.header(),
                    parent.job().payload());
            children.forEach(child -> args.addAll(child.argsFrom(parent.queue(), parent.partition())));
            return link.run(Scripts.ADOPT_CHILDREN, partition.keys(), args, deadline)
                    .onSuccess(reply -> forwarder.forwardNow(parent.policy(), parent.partition()))
                    .map(reply -> answers(parent, children, reply.toInteger() == 1));
        });
    }

    private static List<Enqueued> answers(JobPlacement parent, List<JobPlacement> children, boolean added) {
        List<Enqueued> answers = new ArrayList<>();
        answers.add(new Enqueued(parent.id(), parent.queue(), added));
        if (added) {
            children.forEach(child -> answers.add(new Enqueued(child.id(), child.queue(), true)));
        }
        return answers;
    }

    private static void checkFamily(Family family) {
        JobOptions parent = family.parent().options();
        if (!parent.timing().isNow() || parent.unique().isPresent()) {
            throw new InvalidJobException("parent", "cannot have a delay or a uniqueness key");
        }
        if (family.children().isEmpty()) {
            throw new InvalidJobException("children", "must not be empty");
        }
        for (int i = 0; i < family.children().size(); i++) {
            JobOptions child = family.children().get(i).options();
            if (child.id().isPresent() || child.unique().isPresent()) {
                throw new InvalidJobException("children[" + i + "]", "cannot have an id or a uniqueness key");
            }
        }
    }
}
