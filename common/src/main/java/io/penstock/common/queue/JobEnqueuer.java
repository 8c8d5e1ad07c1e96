package io.penstock.common.queue;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.common.job.FollowUp;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.trace.TraceParent;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
    private final InstantSource clock = InstantSource.system();

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
        return Uni.createFrom().deferred(() -> queue.enqueue(newJob(type, codec.encode(type, payload), options)));
    }

    /** As {@link #enqueue(JobType, Object, JobOptions)}, safe to repeat with the same key. */
    public <P> Uni<Enqueued> enqueue(JobType<P> type, P payload, JobOptions options, IdempotencyKey key) {
        return enqueueAll(type, List.of(new Item<>(payload, options)), key).map(answers -> answers.get(0));
    }

    /** All or nothing, see {@link JobQueue#enqueueAll}. */
    public <P> Uni<List<Enqueued>> enqueueAll(JobType<P> type, List<Item<P>> items) {
        return enqueueAll(type, items, null);
    }

    /**
     * As {@link #enqueueAll(JobType, List)}, safe to repeat with the same key, see
     * {@link JobQueue#enqueueAll(List, IdempotentCall)}.
     *
     * @param key null: none
     */
    public <P> Uni<List<Enqueued>> enqueueAll(JobType<P> type, List<Item<P>> items, @Nullable IdempotencyKey key) {
        return Uni.createFrom().deferred(() -> {
            Call call = new Call(key);
            items.forEach(item -> call.add(type, item.payload(), item.options()));
            return call.enqueueAll();
        });
    }

    /**
     * For payloads from outside: the JSON must fit the type's payload class; null stands for an empty object. A wrong field
     * is named as callers write it, such as {@code options.runAt}.
     *
     * @param key makes the call safe to repeat; null: none
     */
    public Uni<Enqueued> enqueueJson(
            String typeName, JsonNode payload, JobOptions options, @Nullable IdempotencyKey key) {
        return inCallersNames(() -> {
            Call call = new Call(key);
            addFromJson(call, types.named(typeName), payload, options);
            return call.enqueueOne();
        });
    }

    /** As {@link #enqueueJson} for many; a field error names its item, such as {@code jobs[3].payload.ms}. */
    public Uni<List<Enqueued>> enqueueAllJson(
            String typeName, List<Item<JsonNode>> items, @Nullable IdempotencyKey key) {
        return inCallersNames(() -> {
            JobType<?> type = types.named(typeName);
            return enqueueNamed(items, key, (call, item) -> addFromJson(call, type, item.payload(), item.options()));
        });
    }

    /** As {@link #enqueueAllJson} for payloads that have been read already, see {@link PayloadCodec#readUsual}. */
    public <P> Uni<List<Enqueued>> enqueueAllRead(JobType<P> type, List<Item<P>> items, @Nullable IdempotencyKey key) {
        return inCallersNames(
                () -> enqueueNamed(items, key, (call, item) -> call.add(type, item.payload(), item.options())));
    }

    private <T> Uni<List<Enqueued>> enqueueNamed(
            List<Item<T>> items, @Nullable IdempotencyKey key, BiConsumer<Call, Item<T>> add) {
        Call call = new Call(key);
        for (int i = 0; i < items.size(); i++) {
            try {
                add.accept(call, items.get(i));
            } catch (InvalidJobException e) {
                InvalidJobException named = JobOptionsJson.inCallersNames(e);
                throw new InvalidJobException("jobs[" + i + "]." + named.field(), named.reason());
            }
        }
        return call.enqueueAll();
    }

    /** One job of a family, with a payload from outside. */
    public record Member(String type, JsonNode payload, JobOptions options) {}

    /** See {@link JobQueue#enqueueFamily}. */
    public Uni<List<Enqueued>> enqueueFamily(
            FollowUp<?> parent, List<FollowUp<?>> children, Family.OnChildFailure policy) {
        return enqueueFamily(parent, children, policy, null);
    }

    /**
     * As {@link #enqueueFamily(FollowUp, List, Family.OnChildFailure)}, safe to repeat with the same key.
     *
     * @param key null: none
     */
    public Uni<List<Enqueued>> enqueueFamily(
            FollowUp<?> parent,
            List<FollowUp<?>> children,
            Family.OnChildFailure policy,
            @Nullable IdempotencyKey key) {
        return Uni.createFrom().deferred(() -> {
            Call call = new Call(key);
            call.add(parent.type(), parent.payload(), parent.options());
            children.forEach(child -> call.add(child.type(), child.payload(), child.options()));
            return call.enqueueFamily(policy);
        });
    }

    /** As {@link #enqueueFamily} for payloads from outside; a field error names its member, such as {@code children[3].payload.ms}. */
    public Uni<List<Enqueued>> enqueueFamilyJson(
            Member parent, List<Member> children, Family.OnChildFailure policy, @Nullable IdempotencyKey key) {
        return inCallersNames(() -> {
            Call call = new Call(key);
            addMember(call, "parent", parent);
            for (int i = 0; i < children.size(); i++) {
                addMember(call, "children[" + i + "]", children.get(i));
            }
            return call.enqueueFamily(policy);
        });
    }

    private void addMember(Call call, String place, Member member) {
        try {
            addFromJson(call, types.named(member.type()), member.payload(), member.options());
        } catch (InvalidJobException e) {
            InvalidJobException named = JobOptionsJson.inCallersNames(e);
            throw new InvalidJobException(place + "." + named.field(), named.reason());
        } catch (UnknownJobTypeException e) {
            throw new InvalidJobException(place + ".type", String.valueOf(e.getMessage()));
        }
    }

    private static <T> Uni<T> inCallersNames(Supplier<Uni<? extends T>> enqueue) {
        return Uni.createFrom()
                .<T>deferred(enqueue)
                .onFailure(InvalidJobException.class)
                .transform(JobOptionsJson::inCallersNames);
    }

    private <P> void addFromJson(Call call, JobType<P> type, JsonNode json, JobOptions options) {
        call.add(type, codec.read(json, type.payloadClass()), options);
    }

    /** The checked jobs of one call, and what was asked for in it where a repetition has to be told from another call. */
    private final class Call {

        private final @Nullable IdempotencyKey key;
        private final List<NewJob> jobs = new ArrayList<>();
        private final List<String> asked = new ArrayList<>();

        Call(@Nullable IdempotencyKey key) {
            this.key = key;
        }

        void add(JobType<?> type, Object payload, JobOptions options) {
            jobs.add(newJob(type, codec.encode(type, payload), options));
            if (key != null) {
                asked.addAll(codec.request(type, payload, options));
            }
        }

        Uni<Enqueued> enqueueOne() {
            return key == null ? queue.enqueue(jobs.get(0)) : enqueueAll().map(answers -> answers.get(0));
        }

        Uni<List<Enqueued>> enqueueAll() {
            return key == null ? queue.enqueueAll(jobs) : queue.enqueueAll(jobs, idempotent(key, "jobs"));
        }

        Uni<List<Enqueued>> enqueueFamily(Family.OnChildFailure policy) {
            Family family = new Family(jobs.get(0), jobs.subList(1, jobs.size()), policy);
            return key == null
                    ? queue.enqueueFamily(family)
                    : queue.enqueueFamily(family, idempotent(key, "family " + policy));
        }

        /** With the key itself, so that nobody can guess an encrypted payload by comparing fingerprints. */
        private IdempotentCall idempotent(IdempotencyKey given, String kind) {
            asked.add(kind);
            asked.add(given.value());
            return new IdempotentCall(given, IdempotencyKey.digest(asked));
        }
    }

    private NewJob newJob(JobType<?> type, String payload, JobOptions options) {
        options.timing().checkAgainst(clock.instant());
        return NewJob.of(type, payload, options).tracedBy(TraceParent.current());
    }
}
