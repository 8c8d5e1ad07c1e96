package io.penstock.scheduler;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.queue.JobQueue;
import io.penstock.common.queue.JobStatuses;
import io.penstock.scheduler.RunStatuses.RunJob;
import io.smallrye.mutiny.Uni;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunStatusesTest {

    private static final RunJob HERE = new RunJob("here-1", "here");
    private static final RunJob AWAY = new RunJob("away-1", "away");

    /** The queue {@code away} cannot be asked; the other has no record of any job. */
    private static final JobStatuses STATUSES = (queue, ids) -> queue.equals("away")
            ? Uni.createFrom().failure(new IllegalStateException("away"))
            : Uni.createFrom().item(new JobStatuses.Statuses(Set.of(), Map.of()));

    private final RunStatuses statuses = new RunStatuses(STATUSES, unasked());

    private static JobQueue unasked() {
        return (JobQueue) Proxy.newProxyInstance(
                JobQueue.class.getClassLoader(), new Class<?>[] {JobQueue.class}, (proxy, method, args) -> {
                    throw new AssertionError(method.getName());
                });
    }

    @Test
    void aQueueThatCannotBeAskedHoldsUpNoOthersRuns() {
        JobStatuses.Statuses found =
                statuses.ofReachable(List.of(HERE, AWAY)).await().indefinitely();

        assertThat(found.live()).containsExactly("away-1");
        assertThat(found.ended()).isEmpty();
    }

    @Test
    void saysSoWhereNoneCanBeAsked() {
        assertThatThrownBy(() -> statuses.ofReachable(List.of(AWAY)).await().indefinitely())
                .hasRootCauseMessage("away");
        assertThat(statuses.ofReachable(List.of()).await().indefinitely().live())
                .isEmpty();
    }

    @Test
    void whoMustKnowIsToldOfTheFailure() {
        assertThatThrownBy(() -> statuses.of(List.of(HERE, AWAY)).await().indefinitely())
                .hasMessage("away");
    }
}
