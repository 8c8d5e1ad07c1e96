package io.penstock.bench.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.OptionalDouble;

/** A comparison for programs, on one line: conditions, medians and ratios of each row, and every sample. */
final class JsonReport {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Comparison comparison;

    JsonReport(Comparison comparison) {
        this.comparison = comparison;
    }

    String text() {
        ObjectNode report = JSON.createObjectNode();
        report.set("conditions", JSON.valueToTree(comparison.conditions()));
        comparison.promises().forEach(promise -> report.withArray("rows").add(row(promise)));
        comparison.samples().forEach(sample -> report.withArray("samples").add(sample(sample)));
        try {
            return JSON.writeValueAsString(report);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("numbers and words can always be written", e);
        }
    }

    private ObjectNode row(Promise promise) {
        ObjectNode row = JSON.createObjectNode();
        row.put("title", promise.title());
        row.put("scenario", promise.contest().label());
        row.put("figure", promise.figure().field());
        row.put("comparedWith", promise.contest().base().label());
        for (Side side : promise.contest().sides()) {
            put(row.withObject("/medians"), side, comparison.median(promise, side));
            put(row.withObject("/ratios"), side, comparison.ratio(promise, side));
        }
        if (promise.target() != null) {
            row.put("target", promise.target().toString());
        }
        comparison.isMet(promise).ifPresent(met -> row.put("met", met));
        return row;
    }

    private static void put(ObjectNode values, Side side, OptionalDouble value) {
        value.ifPresent(number -> values.put(side.label(), number));
    }

    private static ObjectNode sample(Sample sample) {
        ObjectNode json = JSON.createObjectNode();
        json.put("round", sample.turn().round());
        json.put("side", sample.turn().side().label());
        sample.figures().properties().forEach(field -> json.set(field.getKey(), field.getValue()));
        return json;
    }
}
