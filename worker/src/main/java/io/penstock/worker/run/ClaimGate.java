package io.penstock.worker.run;

import java.util.List;

/**
 * Says whether a queue may claim jobs now. Any bean of this kind is asked before each claim, on the queue's event loop, so
 * that it has to answer at once; one that says no is asked again soon. What is claimed already is not held up.
 */
public interface ClaimGate {

    ClaimGate OPEN = queue -> true;

    boolean isOpen(String queue);

    /** Open while all of them are. */
    static ClaimGate all(List<ClaimGate> gates) {
        List<ClaimGate> asked = List.copyOf(gates);
        return queue -> asked.stream().allMatch(gate -> gate.isOpen(queue));
    }
}
