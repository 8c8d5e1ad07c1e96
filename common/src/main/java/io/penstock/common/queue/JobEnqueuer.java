package io.penstock.common.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.UnknownJobTypeException;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.List;

/**
 * Where producers start: turns typed payloads, or JSON from outside, into checked jobs and hands them to the queue.
 * Wrong payloads and options are refused here with {@link InvalidJobException}, before anything is stored.
 */
@ApplicationScoped
public class JobEnqueuer {

    /** One job of a bulk call. */
    public record Item<T>(T payload, JobOptions options) {}

    private final JobQueue queue;
    private final JobTypes types;
    private final PayloadCodec codec;

    @Inject
    public JobEnqueuer(JobQueue queue, JobTypes types, PayloadCodec codec) {
        this.queue = queue;
        this.types = types;
        this.codec = codec;
    }

    public <P> Uni<Enqueued> enqueue(JobType<P> type, P payload) {
        return enqueue(type, payload, JobOptions.DEFAULT);
    }

    public <P> Uni<Enqueued> enqueue(JobType<P> type, P payload, JobOptions options) {
        return Uni.createFrom().deferred(() -> queue.enqueue(newJob(type, codec.encode(payload), options)));
    }

    /** All or nothing, see {@link JobQueue#enqueueAll}. */
    public <P> Uni<List<Enqueued>> enqueueAll(JobType<P> type, List<Item<P>> items) {
        return Uni.createFrom().deferred(() -> {
            List<NewJob> jobs = new ArrayList<>(items.size());
            for (Item<P> item : items) {
                jobs.add(newJob(type, codec.encode(item.payload()), item.options()));
            }
            return queue.enqueueAll(jobs);
        });
    }

    /** For payloads from outside: the JSON must fit the type's payload class; null stands for an empty object. */
    public Uni<Enqueued> enqueueJson(String typeName, JsonNode payload, JobOptions options) {
        return Uni.createFrom().deferred(() -> queue.enqueue(newJobFromJson(types.named(typeName), payload, options)));
    }

    /** As {@link #enqueueJson} for many; a field error names its item, such as {@code jobs[3].payload.ms}. */
    public Uni<List<Enqueued>> enqueueAllJson(String typeName, List<Item<JsonNode>> items) {
        return Uni.createFrom().deferred(() -> {
            JobType<?> type = types.named(typeName);
            List<NewJob> jobs = new ArrayList<>(items.size());
            for (int i = 0; i < items.size(); i++) {
                Item<JsonNode> item = items.get(i);
                try {
                    jobs.add(newJobFromJson(type, item.payload(), item.options()));
                } catch (InvalidJobException e) {
                    throw new InvalidJobException("jobs[" + i + "]." + e.field(), e.reason());
                }
            }
            return queue.enqueueAll(jobs);
        });
    }

    /** One job of a family, with a payload from outside. */
    public record Member(String type, JsonNode payload, JobOptions options) {}

    /** See {@link JobQueue#enqueueFamily}. */
    public Uni<List<Enqueued>> enqueueFamily(
            FollowUp<?> parent, List<FollowUp<?>> children, Family.OnChildFailure policy) {
        return Uni.createFrom().deferred(() -> {
            List<NewJob> jobs = new ArrayList<>(children.size());
            for (FollowUp<?> child : children) {
                jobs.add(newJob(child.type(), codec.encode(child.payload()), child.options()));
            }
            NewJob first = newJob(parent.type(), codec.encode(parent.payload()), parent.options());
            return queue.enqueueFamily(new Family(first, jobs, policy));
        });
    }

    /** As {@link #enqueueFamily} for payloads from outside; a field error names its member, such as {@code children[3].payload.ms}. */
    public Uni<List<Enqueued>> enqueueFamilyJson(Member parent, List<Member> children, Family.OnChildFailure policy) {
        return Uni.createFrom().deferred(() -> {
            NewJob first = memberFromJson("parent", parent);
            List<NewJob> jobs = new ArrayList<>(children.size());
            for (int i = 0; i < children.size(); i++) {
                jobs.add(memberFromJson("children[" + i + "]", children.get(i)));
            }
            return queue.enqueueFamily(new Family(first, jobs, policy));
        });
    }

    private NewJob memberFromJson(String place, Member member) {
        try {
            return newJobFromJson(types.named(member.type()), member.payload(), member.options());
        } catch (InvalidJobException e) {
            throw new InvalidJobException(place + "." + e.field(), e.reason());
        } catch (UnknownJobTypeException e) {
            throw new InvalidJobException(place + ".type", String.valueOf(e.getMessage()));
        }
    }

    private <P> NewJob newJobFromJson(JobType<P> type, JsonNode json, JobOptions options) {
        return newJob(type, codec.encode(codec.read(json, type.payloadClass())), options);
    }

    private static NewJob newJob(JobType<?> type, String payload, JobOptions options) {
        return new NewJob(type.name(), type.queue(), payload, options, type.timeout());
    }
}
