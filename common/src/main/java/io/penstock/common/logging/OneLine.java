package io.penstock.common.logging;

import io.quarkus.logging.LoggingFilter;
import java.util.List;
import java.util.logging.Filter;
import java.util.logging.LogRecord;

/**
 * Says why a start failed in one line: the causes, without the way to them. Whoever starts a process with a wrong setting, or while its servers
 * are away, has nothing from some fifty lines of the framework's own. A fault of a program keeps its stack.
 */
@LoggingFilter(name = "penstock-one-line")
public final class OneLine implements Filter {

    private static final String STARTS = "io.quarkus.runtime.Application";
    /** Speaks in several lines while it waits for the database. */
    private static final String MIGRATIONS = "org.flywaydb.";
    /** Prints a stack for each connection that ends while it is being made; that it cannot be made is told by whoever wants it. */
    private static final String CONNECTIONS = "io.vertx.redis.client.impl.";

    /** Beginnings of the names of what a wrong setting or a server that is away ends with. */
    private static final List<String> EXPECTED = List.of(
            "org.flywaydb.",
            "org.postgresql.",
            "java.sql.",
            "java.net.",
            "java.io.IOException",
            "javax.net.ssl.",
            "io.smallrye.config.",
            "io.quarkus.runtime.configuration.",
            "java.util.NoSuchElementException");

    private static final int MAX_LENGTH = 600;

    @Override
    public boolean isLoggable(LogRecord said) {
        String by = said.getLoggerName();
        if (by == null) {
            return true;
        }
        Throwable thrown = said.getThrown();
        if (by.equals(STARTS) && thrown != null) {
            Throwable cause = cause(thrown);
            if (isExpected(cause)) {
                replace(said, "The start failed: " + inOneLine(String.valueOf(cause.getMessage())));
            }
        } else if (by.startsWith(MIGRATIONS) && said.getMessage() != null && thrown == null) {
            replace(said, inOneLine(said.getMessage()));
        } else if (by.startsWith(CONNECTIONS) && thrown != null) {
            replace(said, inOneLine(said.getMessage() + ": " + cause(thrown)));
        }
        return true;
    }

    /** The innermost that says something. */
    private static Throwable cause(Throwable thrown) {
        Throwable telling = thrown;
        for (Throwable next = thrown.getCause(); next != null; next = next.getCause()) {
            if (next.getMessage() != null && !next.getMessage().isBlank()) {
                telling = next;
            }
        }
        return telling;
    }

    /** Also what this platform itself refuses to start with. */
    private static boolean isExpected(Throwable cause) {
        String type = cause.getClass().getName();
        return EXPECTED.stream().anyMatch(type::startsWith) || isRefusal(cause);
    }

    private static boolean isRefusal(Throwable cause) {
        if (!(cause instanceof IllegalStateException) && !(cause instanceof IllegalArgumentException)) {
            return false;
        }
        StackTraceElement[] stack = cause.getStackTrace();
        return stack.length > 0 && stack[0].getClassName().startsWith("io.penstock.");
    }

    static String inOneLine(String text) {
        String line = text.strip().replaceAll("\\s*\\R\\s*", " ").replaceAll("-{5,}", "");
        return line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…";
    }

    /** Without parameters nothing in the line is taken for the place of one. */
    private static void replace(LogRecord said, String line) {
        said.setThrown(null);
        said.setMessage(line);
        said.setParameters(null);
    }
}
