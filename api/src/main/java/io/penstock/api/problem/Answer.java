package io.penstock.api.problem;

import jakarta.ws.rs.core.MediaType;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A problem and the headers that go with it. Below {@code /api/tasks} callers are promised an envelope of its own
 * instead of a problem document, for whatever fails there.
 */
record Answer(Problem problem, Map<String, String> headers) {

    private static final String ENVELOPED = "/api/tasks";

    Object body(String path) {
        return isEnveloped(path) ? TaskFailure.of(problem) : problem;
    }

    String mediaType(String path) {
        return isEnveloped(path) ? MediaType.APPLICATION_JSON : Problem.MEDIA_TYPE;
    }

    private static boolean isEnveloped(@Nullable String path) {
        return path != null && (path.equals(ENVELOPED) || path.startsWith(ENVELOPED + "/"));
    }

    static Answer of(Problem problem) {
        return new Answer(problem, Map.of());
    }

    Answer with(String header, String value) {
        Map<String, String> more = new HashMap<>(headers);
        more.put(header, value);
        return new Answer(problem, Map.copyOf(more));
    }
}
