package io.penstock.api.products;

import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.QueryParameters;
import io.penstock.common.products.InvalidProductException;
import io.smallrye.mutiny.Uni;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/** The time that a history is asked for. */
record HistorySpan(Instant from, Instant to) {

    private static final Duration USUAL = Duration.ofDays(30);
    /** No database holds more. */
    private static final Instant EARLIEST = Instant.parse("1970-01-01T00:00:00Z");

    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /** From the parameters {@code from} and {@code to}; absent: the last 30 days. */
    static HistorySpan of(QueryParameters parameters, Instant now) {
        Instant to = time(parameters, "to").orElse(now);
        return new HistorySpan(time(parameters, "from").orElse(to.minus(USUAL)), to);
    }

    /** What is refused is a parameter of the caller's. */
    static <T> Uni<T> asked(Supplier<Uni<T>> question) {
        try {
            return question.get();
        } catch (InvalidProductException e) {
            throw QueryParameters.invalid(e.field(), e.field() + ": " + e.reason());
        }
    }

    private static Optional<Instant> time(QueryParameters parameters, String name) {
        try {
            Optional<Instant> time = parameters.text(name).map(Instant::parse);
            time.filter(given -> given.isBefore(EARLIEST) || given.isAfter(LATEST))
                    .ifPresent(given -> {
                        throw invalid(name);
                    });
            return time;
        } catch (DateTimeException e) {
            throw invalid(name);
        }
    }

    private static ProblemException invalid(String name) {
        return QueryParameters.invalid(name, name + ": must be a time such as 2026-01-31T08:00:00Z, of 1970 to 2200");
    }
}
