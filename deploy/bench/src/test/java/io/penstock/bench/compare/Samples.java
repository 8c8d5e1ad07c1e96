package io.penstock.bench.compare;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What turns might have measured. */
final class Samples {

    private final List<Sample> samples = new ArrayList<>();

    /** A value for each round. */
    Samples of(Contest contest, Side side, Figure figure, double... values) {
        for (int round = 1; round <= values.length; round++) {
            ObjectNode figures = JsonNodeFactory.instance.objectNode();
            figures.put("scenario", contest.scenarioOf(side)).put("jobs", 2_000);
            figures.put(figure.field(), values[round - 1]);
            samples.add(new Sample(new Turn(round, contest, side), figures));
        }
        return this;
    }

    Comparison compared() {
        return new Comparison(conditions(false), samples);
    }

    Comparison comparedQuickly() {
        return new Comparison(conditions(true), samples);
    }

    private static Conditions conditions(boolean quick) {
        return new Conditions("7.0.15", "append-only file off", 2, 0.25, 3, Map.of("BullMQ", "6.7.0"), quick, false);
    }
}
