package io.penstock.api.problem;

import java.util.HashMap;
import java.util.Map;

/** A problem and the headers that go with it. */
record Answer(Problem problem, Map<String, String> headers) {

    static Answer of(Problem problem) {
        return new Answer(problem, Map.of());
    }

    Answer with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(problem, Map.copyOf(more));
    }
}
