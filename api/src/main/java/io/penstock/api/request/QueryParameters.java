package io.penstock.api.request;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.page.InvalidCursorException;
import io.penstock.common.page.PageCursor;
import jakarta.ws.rs.core.MultivaluedMap;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The query parameters of one request, read strictly: each may come once, and each must be known. A misspelt filter
 * that is ignored answers a question nobody asked.
 */
public final class QueryParameters {

    /** PostgreSQL and Redis know later ones, but nobody means them. */
    private static final Instant NO_TIME = Instant.parse("9999-01-01T00:00:00Z");

    private final Map<String, List<String>> values;

    private QueryParameters(Map<String, List<String>> values) {
        this.values = values;
    }

    /**
     * Checks that there is nothing but known parameters, each once.
     *
     * @param known the parameters that may be there
     * @throws ProblemException naming the parameters that are unknown or come twice
     */
    public static QueryParameters of(MultivaluedMap<String, String> given, String... known) {
        Set<String> unknown = new TreeSet<>(given.keySet());
        Arrays.asList(known).forEach(unknown::remove);
        if (!unknown.isEmpty()) {
            throw invalid(
                    unknown.iterator().next(),
                    "unknown parameter " + String.join(", ", unknown) + "; known are " + String.join(", ", known));
        }
        given.forEach((name, all) -> {
            if (all.size() > 1) {
                throw invalid(name, name + ": is given " + all.size() + " times, must be given once");
            }
        });
        return new QueryParameters(given);
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value; empty when the parameter is absent. */
    public Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(all -> all.get(0));
    }

    /** A text that must not be empty and not longer than {@code maxLength}. */
    public Optional<String> text(String name, int maxLength) {
        Optional<String> value = text(name);
        value.ifPresent(given -> {
            if (given.isBlank() || given.length() > maxLength) {
                throw invalid(name, name + ": must be 1 to " + maxLength + " characters");
            }
        });
        return value;
    }

    /** As {@link #text(String, int)} for what PostgreSQL is asked for, which knows no NUL. */
    public Optional<String> storable(String name, int maxLength) {
        Optional<String> value = text(name, maxLength);
        value.ifPresent(given -> requireNoNul(name, given));
        return value;
    }

    /** Fails with the problem that callers are told. */
    public static void requireNoNul(String name, String value) {
        if (value.indexOf('\0') >= 0) {
            throw invalid(name, name + ": must not hold a NUL character");
        }
    }

    /** A time with its offset from UTC, from 1970 until the year 9999. */
    public Optional<Instant> time(String name) {
        return text(name).map(value -> time(name, value));
    }

    private static Instant time(String name, String value) {
        try {
            Instant time = OffsetDateTime.parse(value).toInstant();
            if (!time.isBefore(Instant.EPOCH) && time.isBefore(NO_TIME)) {
                return time;
            }
        } catch (DateTimeException e) {
            throw invalid(name, name + ": must be a time such as 2026-01-31T08:00:00Z");
        }
        throw invalid(name, name + ": must be between " + Instant.EPOCH + " and " + NO_TIME);
    }

    /**
     * The place where a page of a list begins.
     *
     * @param list which list, as it was said to {@link PageCursor#encode}
     * @param question its filters, as they were said there
     * @param read takes the place apart; may fail as the readers of {@link PageCursor} do
     */
    public <T> Optional<T> cursor(String name, String list, Object question, Function<PageCursor, T> read) {
        return text(name).map(value -> {
            try {
                return read.apply(PageCursor.decode(value, list, question));
            } catch (InvalidCursorException e) {
                throw invalid(name, name + ": " + e.reason());
            }
        });
    }

    /** How many rows of a list: 1 to {@code most}. */
    public int limit(int most, int whenAbsent) {
        return number("limit", 1, most, whenAbsent);
    }

    /** A whole number from {@code least} to {@code most}. */
    public int number(String name, int least, int most, int whenAbsent) {
        return text(name).map(value -> parse(name, value, least, most)).orElse(whenAbsent);
    }

    /** One of a few words. */
    public String oneOf(String name, List<String> allowed, String whenAbsent) {
        String value = text(name).orElse(whenAbsent);
        if (!allowed.contains(value)) {
            throw invalid(name, name + ": must be one of " + String.join(", ", allowed));
        }
        return value;
    }

    public static ProblemException invalid(String name, String detail) {
        return ProblemException.at(name, ProblemCode.INVALID_PARAMETER, detail);
    }

    private static int parse(String name, String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below, together with the numbers that are out of range.
        }
        throw invalid(name, name + ": must be a whole number from " + least + " to " + most);
    }
}
