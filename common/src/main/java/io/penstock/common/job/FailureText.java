package io.penstock.common.job;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a failure says of itself, as text. Failures come from handlers and listeners, and their methods may throw as well:
 * what cannot be read is said to be unreadable. Nothing here ever throws.
 */
public final class FailureText {

    private FailureText() {}

    /** Its message; the name of its class where it has none. Null, which careless code passes on, is described as that. */
    public static String message(@Nullable Throwable failure) {
        if (failure == null) {
            return "failed without an exception";
        }
        try {
            String message = failure.getMessage();
            return message == null || message.isBlank() ? nameOf(failure) : message;
        } catch (Throwable e) {
            return unreadable(failure, "message", e);
        }
    }

    /** The message, and the stack after it: the first line is what lists show. */
    public static String withStack(@Nullable Throwable failure) {
        return failure == null ? message(null) : message(failure) + '\n' + stack(failure);
    }

    private static String stack(Throwable failure) {
        try {
            StringWriter text = new StringWriter();
            failure.printStackTrace(new PrintWriter(text));
            return text.toString();
        } catch (Throwable e) {
            return unreadable(failure, "stack trace", e);
        }
    }

    private static String unreadable(Throwable failure, String part, Throwable why) {
        return String.format(Locale.ROOT, "%s (its %s cannot be read: %s)", nameOf(failure), part, nameOf(why));
    }

    private static String nameOf(Throwable failure) {
        Class<?> type = failure.getClass();
        return type.getSimpleName().isEmpty() ? type.getName() : type.getSimpleName();
    }
}
