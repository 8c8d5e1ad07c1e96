package io.penstock.common.queue.redis;

import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.Family;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.queue.NewJob;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Enqueues a parent with its children in one step; children of other partitions are forwarded. */
final class FamilyEnqueuer {

    private final RedisRouter link;
    private final QueuePolicies policies;
    private final QueueStreams streams;
    private final Duration deadline;
    private final Duration keyRetention;
    private final CrossPartitionForwarder forwarder;

    FamilyEnqueuer(
            RedisRouter link, QueuePolicies policies, QueueStreams streams, Duration deadline, Duration keyRetention) {
        this.keyRetention = keyRetention;
        this.link = link;
        this.policies = policies;
        this.streams = streams;
        this.deadline = deadline;
        this.forwarder = new CrossPartitionForwarder(link, policies, deadline);
    }

    Uni<List<Enqueued>> enqueue(Family family) {
        return RedisResults.uni(() -> {
            checkFamily(family);
            Placed placed = place(family, null);
            ScriptCall call = placed.call();
            return link.run(call.script(), call.keys(), call.args(), deadline)
                    .onSuccess(reply -> forward(placed))
                    .map(reply -> placed.answers(reply.toInteger() == 1, true));
        });
    }

    /** Accepts the family unless it did before. */
    Uni<List<Enqueued>> enqueue(Family family, IdempotentCall call) {
        return RedisResults.uni(() -> {
            checkFamily(family);
            // Refuses what fits no partition before the key is bound to it.
            place(family, null);
            return IdempotencyBinding.of(link, call, keyRetention, deadline).compose(binding -> {
                Placed placed = place(family, binding);
                return binding.once(placed.parent().queue(), placed.parent().partition(), keyRetention)
                        .run(link, List.of(binding.nonce()), placed.call(), deadline)
                        .onSuccess(reply -> forward(placed))
                        .map(reply -> reply.accepted() != null
                                ? placed.answers(reply.accepted().toInteger() == 1, true)
                                // Kept is only the answer that the parent's id was live.
                                : placed.answers(reply.kept().isEmpty(), false));
            });
        });
    }

    /** @param binding of a call with an idempotency key; null: without one */
    private Placed place(Family family, @Nullable IdempotencyBinding binding) {
        JobPlacement parent = JobPlacement.of(policies, family.parent(), null, binding, 0);
        String place = parent.queue() + "," + parent.partition() + "," + parent.id();
        List<JobPlacement> children = new ArrayList<>();
        for (NewJob child : family.children()) {
            children.add(JobPlacement.of(policies, child, place, binding, children.size() + 1));
        }
        Partition partition = Partition.of(parent.policy(), streams.of(parent.policy(), parent.partition()));
        List<Object> args = partition.args(
                "",
                parent.id(),
                parent.stream(),
                family.onChildFailure().name().toLowerCase(Locale.ROOT),
                parent.withChildren(children.stream().map(JobPlacement::id).toList())
                        .header(),
                parent.job().payload());
        children.forEach(child -> args.addAll(child.argsFrom(parent.queue(), parent.partition())));
        return new Placed(parent, children, new ScriptCall(Scripts.ADOPT_CHILDREN, partition.keys(), args));
    }

    private void forward(Placed placed) {
        forwarder.forwardNow(placed.parent().policy(), placed.parent().partition());
    }

    /** The jobs of a family with their ids and places, and the call that accepts them. */
    private record Placed(JobPlacement parent, List<JobPlacement> children, ScriptCall call) {

        /**
         * @param accepted false: the parent's id was live, its children were not accepted either
         * @param now false: accepted by an earlier call
         */
        List<Enqueued> answers(boolean accepted, boolean now) {
            List<Enqueued> answers = new ArrayList<>();
            answers.add(new Enqueued(parent.id(), parent.queue(), accepted && now));
            if (accepted) {
                children.forEach(child -> answers.add(new Enqueued(child.id(), child.queue(), now)));
            }
            return answers;
        }
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
