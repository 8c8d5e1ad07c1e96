package io.penstock.common.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The place in a trace that a job comes from, as text: {@code 00-<trace id>-<span id>-<flags>}. That is the form of the HTTP
 * header and of what is stored with jobs; null stands for no trace everywhere. Without a tracer there is never one.
 */
public final class TraceParent {

    private static final Pattern FORM = Pattern.compile("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}");
    private static final int TRACE_ID = 3;
    private static final int SPAN_ID = TRACE_ID + 32 + 1;
    private static final int FLAGS = SPAN_ID + 16 + 1;

    private TraceParent() {}

    /** Of the span that the caller runs in. */
    public static @Nullable String current() {
        return of(Span.current());
    }

    /** Of this span; null where it is none. */
    public static @Nullable String of(Span span) {
        SpanContext context = span.getSpanContext();
        return context.isValid()
                ? "00-" + context.getTraceId() + "-" + context.getSpanId() + "-"
                        + context.getTraceFlags().asHex()
                : null;
    }

    /** The place that the text names; not valid where it names none. */
    public static SpanContext parse(@Nullable String text) {
        if (text == null || !FORM.matcher(text).matches()) {
            return SpanContext.getInvalid();
        }
        return SpanContext.createFromRemoteParent(
                traceId(text),
                text.substring(SPAN_ID, FLAGS - 1),
                TraceFlags.fromHex(text, FLAGS),
                TraceState.getDefault());
    }

    /** The id of the trace, of a text in this form. */
    public static String traceId(String traceParent) {
        return traceParent.substring(TRACE_ID, SPAN_ID - 1);
    }
}
