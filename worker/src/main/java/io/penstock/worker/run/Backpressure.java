package io.penstock.worker.run;

import java.util.List;

/**
 * Says whether a queue may claim jobs now. Any bean of this kind is asked before each claim, on the queue's event loop, so
 * that it has to answer at once; one that says no is asked again soon. What is claimed already is not held up.
 */
public interface Backpressure {

    Backpressure OPEN = queue -> true;

    boolean isOpen(String queue);

    /**
     * How many jobs of the queue there may be in hand, while it is open, for claims to go beyond the free slots: what
     * is claimed ahead cannot be held up either.
     */
    default int room(String queue) {
        return Integer.MAX_VALUE;
    }

    /** Open while all of them are, with the least room. */
    static Backpressure all(List<Backpressure> backpressures) {
        List<Backpressure> asked = List.copyOf(backpressures);
        return new Backpressure() {
            @Override
            public boolean isOpen(String queue) {
                return asked.stream().allMatch(one -> one.isOpen(queue));
            }

            @Override
            public int room(String queue) {
                return asked.stream().mapToInt(one -> one.room(queue)).min().orElse(Integer.MAX_VALUE);
            }
        };
    }
}
