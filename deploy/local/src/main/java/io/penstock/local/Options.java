package io.penstock.local;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the person at the terminal asked for.
 *
 * @param once sweep, tell, stop
 * @param workers worker processes
 * @param port port of the API; null: {@value #USUAL_PORT} when it is free, else any
 * @param demo what the run shows
 * @param environment of the launcher: which servers and which feed to use instead of its own
 */
record Options(boolean once, int workers, @Nullable Integer port, Demo demo, Map<String, String> environment) {

    static final int USUAL_PORT = 8080;

    Options(boolean once, int workers, @Nullable Integer port, Map<String, String> environment) {
        this(once, workers, port, Demo.OFFERS, environment);
    }

    /** The value of an environment variable; null when it is not set, or empty. */
    @Nullable
    String setting(String variable) {
        String value = environment.get(variable);
        return value == null || value.isBlank() ? null : value;
    }

    String setting(String variable, String otherwise) {
        String value = setting(variable);
        return value == null ? otherwise : value;
    }
}
