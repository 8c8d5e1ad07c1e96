package io.penstock.bench.compare;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * What one turn measured.
 *
 * @param figures the line that the side's program printed
 */
record Sample(Turn turn, JsonNode figures) {

    double value(Figure figure) {
        return figures.path(figure.field()).asDouble();
    }

    boolean has(Figure figure) {
        return figures.path(figure.field()).isNumber();
    }
}
