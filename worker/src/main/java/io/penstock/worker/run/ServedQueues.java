package io.penstock.worker.run;

import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Which queues a worker serves, and which goes first where they share strictly. */
final class ServedQueues {

    private ServedQueues() {}

    /**
     * The heaviest first; equal ones in the order of {@code named}, without it by name.
     *
     * @param named {@code penstock.worker.queues}
     * @param handled the queues that job types with a handler wait in
     * @throws IllegalArgumentException for a name that is no queue: jobs would wait in a queue nobody looks at
     */
    static List<QueuePolicy> inOrder(Optional<List<String>> named, Collection<String> handled, QueuePolicies policies) {
        List<String> names = named.map(list -> list.stream().distinct().toList())
                .orElseGet(() -> handled.stream().sorted().toList());
        List<String> unknown =
                names.stream().filter(name -> policies.find(name).isEmpty()).toList();
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("penstock.worker.queues names no queue of this deployment: "
                    + String.join(", ", unknown) + ". There are: "
                    + policies.all().stream().map(QueuePolicy::queue).collect(Collectors.joining(", ")));
        }
        return names.stream()
                .map(policies::configured)
                .sorted(Comparator.<QueuePolicy>comparingInt(
                                policy -> policy.slots().weight())
                        .reversed())
                .toList();
    }
}
