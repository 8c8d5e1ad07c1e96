package io.penstock.common.queue.redis;

import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.state.Action;
import net.jqwik.api.state.Transformer;

/**
 * One kind of step in a random sequence. To add a feature: a class with these two, and a line in {@link Operations#ALL};
 * a fact that the model does not know yet goes into {@link QueueModel} and {@link ModelJob}, one that all operations
 * must keep into {@link QueueUnderTest#checkCounts}.
 */
abstract class Operation implements Action.Independent<QueueUnderTest> {

    private static final int CHOICES = 1_000;

    /** How often it is taken, compared with others. */
    int weight() {
        return 1;
    }

    /** Whether the step is possible in this situation. */
    @Override
    public boolean precondition(QueueUnderTest queue) {
        return true;
    }

    /**
     * Takes the step in the real queue, says in the model what it should do, and compares what was answered.
     *
     * @param choice from 0 on, random: chooses among what is possible
     */
    abstract void run(QueueUnderTest queue, int choice);

    @Override
    public Arbitrary<Transformer<QueueUnderTest>> transformer() {
        String name = getClass().getSimpleName();
        return Arbitraries.integers()
                .between(0, CHOICES)
                .map(choice -> Transformer.mutate(name + " " + choice, queue -> {
                    run(queue, choice);
                    queue.checkCounts();
                }));
    }
}
