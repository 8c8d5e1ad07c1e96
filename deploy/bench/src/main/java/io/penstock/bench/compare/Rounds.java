package io.penstock.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Lets the sides take turns: in each round every contest, in each contest every side. What slows the machine for a while
 * slows all of them, not the rounds of one.
 */
final class Rounds {

    /** Measures one turn, on a Redis that is empty before. */
    interface Measurer {

        Sample measure(Turn turn);
    }

    private final int rounds;
    private final List<Contest> contests;

    Rounds(int rounds, List<Contest> contests) {
        this.rounds = rounds;
        this.contests = contests;
    }

    List<Sample> play(Measurer measurer, Consumer<Sample> progress) {
        List<Sample> samples = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Contest contest : contests) {
                for (Side side : contest.sides()) {
                    Sample sample = measurer.measure(new Turn(round, contest, side));
                    samples.add(sample);
                    progress.accept(sample);
                }
            }
        }
        return samples;
    }
}
