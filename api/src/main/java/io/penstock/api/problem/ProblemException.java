package io.penstock.api.problem;

import java.util.Map;

/** Ends a request with a problem. An expected answer, not a surprise: it carries no stack and is not logged. */
public final class ProblemException extends RuntimeException {

    private final transient Problem problem;
    private final transient Map<String, String> headers;

    public ProblemException(Problem problem) {
        this(problem, Map.of());
    }

    /** With headers that go into the answer. */
    public ProblemException(Problem problem, Map<String, String> headers) {
        super(problem.code() + ": " + problem.detail(), null, false, false);
        this.problem = problem;
        this.headers = Map.copyOf(headers);
    }

    public static ProblemException of(ProblemCode code, String detail) {
        return new ProblemException(Problem.of(code, detail));
    }

    /** Blames one field or parameter, named as the caller wrote it. */
    public static ProblemException at(String field, ProblemCode code, String detail) {
        return new ProblemException(Problem.of(code, detail).at(field));
    }

    public Problem problem() {
        return problem;
    }

    public Map<String, String> headers() {
        return headers;
    }
}
