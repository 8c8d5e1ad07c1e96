package io.penstock.bench.compare;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The samples of all rounds under the same conditions, and what follows from them. */
record Comparison(Conditions conditions, List<Sample> samples) {

    /** The promises that have something to be held against. */
    List<Promise> promises() {
        return Arrays.stream(Promise.values())
                .filter(promise -> median(promise, Side.PENSTOCK).isPresent())
                .toList();
    }

    /** The median of all rounds; empty for a side that did not take part. */
    OptionalDouble median(Promise promise, Side side) {
        double[] values = samples.stream()
                .filter(sample -> sample.turn().contest() == promise.contest())
                .filter(sample -> sample.turn().side() == side)
                .filter(sample -> sample.has(promise.figure()))
                .mapToDouble(sample -> sample.value(promise.figure()))
                .sorted()
                .toArray();
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        double low = values[(values.length - 1) / 2];
        double high = values[values.length / 2];
        return OptionalDouble.of((low + high) / 2);
    }

    /** Median of a side by the median of the one it is compared with; empty where either is missing or nothing. */
    OptionalDouble ratio(Promise promise, Side side) {
        OptionalDouble mine = median(promise, side);
        OptionalDouble theirs = median(promise, promise.contest().base());
        boolean comparable = mine.isPresent() && theirs.isPresent() && theirs.getAsDouble() > 0;
        return comparable ? OptionalDouble.of(mine.getAsDouble() / theirs.getAsDouble()) : OptionalDouble.empty();
    }

    /** Empty where nothing is promised, or nothing can be compared. */
    Optional<Boolean> isMet(Promise promise) {
        Target target = promise.target();
        OptionalDouble ratio = ratio(promise, Side.PENSTOCK);
        return target == null || ratio.isEmpty() ? Optional.empty() : Optional.of(target.isMetBy(ratio.getAsDouble()));
    }
}
