package io.penstock.worker.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ServedQueuesTest {

    private final QueuePolicies policies = new TestQueues()
            .set("another", "weight", 3)
            .set("urgent", "weight", 6)
            .policies();

    private static List<String> names(List<QueuePolicy> served) {
        return served.stream().map(QueuePolicy::queue).toList();
    }

    @Test
    void putsTheHeaviestFirstAndEqualOnesByName() {
        assertThat(names(ServedQueues.inOrder(
                        Optional.empty(), Set.of("low", "default", "urgent", "another", "critical"), policies)))
                .containsExactly("critical", "urgent", "another", "default", "low");
    }

    @Test
    void putsEqualOnesInTheOrderTheyAreListedIn() {
        assertThat(names(ServedQueues.inOrder(
                        Optional.of(List.of("low", "default", "urgent", "another", "critical")), Set.of(), policies)))
                .containsExactly("urgent", "critical", "default", "another", "low");
    }

    @Test
    void servesAQueueOnceThatIsListedTwice() {
        assertThat(names(ServedQueues.inOrder(Optional.of(List.of("low", "low")), Set.of(), policies)))
                .containsExactly("low");
    }

    @Test
    void stopsTheStartWhenAQueueIsUnknown() {
        Optional<List<String>> listed = Optional.of(List.of("low", "lwo", "hihg"));

        assertThatThrownBy(() -> ServedQueues.inOrder(listed, Set.of(), policies))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("penstock.worker.queues names no queue of this deployment: lwo, hihg."
                        + " There are: another, critical, default, low, urgent");
    }
}
