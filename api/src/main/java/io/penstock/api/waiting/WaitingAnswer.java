package io.penstock.api.waiting;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** Why a job waits: the gates on its way, and which of them are closed. */
@RegisterForReflection
@Schema(name = "Waiting")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record WaitingAnswer(
        String id,
        String state,
        @Schema(description = "False: it runs or has ended") boolean waits,
        @Schema(description = "Since when, as far as is known") @Nullable Instant since,
        @Schema(description = "How many gates are closed") int closed,
        List<Gate> gates) {

    /** The same without the ids of other jobs. */
    WaitingAnswer withoutOthers() {
        return new WaitingAnswer(
                id,
                state,
                waits,
                since,
                closed,
                gates.stream().map(Gate::withoutOthers).toList());
    }

    /** One gate. Only what has a meaning for its kind is there. */
    @RegisterForReflection
    @Schema(name = "WaitingGate")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Gate(
            @Schema(
                            description =
                                    "delay: a time to come; worker: somebody serves the queue; handler: somebody can do the job; "
                                            + "queue: it is not paused; concurrency, rate, group: limits; children: that it waits for; "
                                            + "breaker: an upstream is not called; turn: others go first",
                            enumeration = {
                                "delay",
                                "worker",
                                "handler",
                                "queue",
                                "concurrency",
                                "rate",
                                "group",
                                "children",
                                "breaker",
                                "turn"
                            })
                    String kind,
            boolean open,
            @Schema(description = "When it opens by itself, where that is known") @Nullable Instant until,
            @Schema(
                            description = "Of a delay",
                            enumeration = {"scheduled", "backoff"})
                    @Nullable
                    String why,
            @Nullable String queue,
            @Nullable String type,
            @Nullable String group,
            @Nullable String guard,
            @Schema(description = "Workers, or children") @Nullable Integer count,
            @Nullable Integer used,
            @Nullable Integer most,
            @Schema(description = "Jobs of the group that go first, the first of them") @Nullable List<String> behind,
            @Schema(description = "Jobs that go first") @Nullable Ahead ahead) {

        Gate withoutOthers() {
            return new Gate(kind, open, until, why, queue, type, group, guard, count, used, most, null, ahead);
        }

        static Gate of(String kind, boolean open) {
            return new Gate(kind, open, null, null, null, null, null, null, null, null, null, null, null);
        }

        Gate until(@Nullable Instant time) {
            return new Gate(kind, open, time, why, queue, type, group, guard, count, used, most, behind, ahead);
        }

        Gate why(String word) {
            return new Gate(kind, open, until, word, queue, type, group, guard, count, used, most, behind, ahead);
        }

        Gate queue(String name) {
            return new Gate(kind, open, until, why, name, type, group, guard, count, used, most, behind, ahead);
        }

        Gate type(String name) {
            return new Gate(kind, open, until, why, queue, name, group, guard, count, used, most, behind, ahead);
        }

        Gate guard(String name) {
            return new Gate(kind, open, until, why, queue, type, group, name, count, used, most, behind, ahead);
        }

        Gate count(int number) {
            return new Gate(kind, open, until, why, queue, type, group, guard, number, used, most, behind, ahead);
        }

        Gate limit(int taken, int allowed) {
            return new Gate(kind, open, until, why, queue, type, group, guard, count, taken, allowed, behind, ahead);
        }

        Gate group(String name, @Nullable List<String> first) {
            return new Gate(kind, open, until, why, queue, type, name, guard, count, used, most, first, ahead);
        }

        Gate ahead(long number, boolean atLeast) {
            return new Gate(
                    kind,
                    open,
                    until,
                    why,
                    queue,
                    type,
                    group,
                    guard,
                    count,
                    used,
                    most,
                    behind,
                    new Ahead(number, atLeast));
        }
    }

    /** Jobs that go first. */
    @RegisterForReflection
    @Schema(name = "WaitingAhead")
    public record Ahead(long count, @Schema(description = "True: there may be more") boolean atLeast) {}
}
