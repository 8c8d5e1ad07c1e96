package io.penstock.worker.run;

import io.opentelemetry.api.GlobalOpenTelemetry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.trace.TraceParent;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Makes each attempt a span of the trace that its job was enqueued in, or the first of a new trace. What the handler calls
 * meanwhile becomes part of it, because the span is the current one in the job's own context. Switched off it does nothing.
 */
public final class JobTracing {

    /** No spans. */
    public static final JobTracing OFF = new JobTracing(null);

    private static final int MOST_REASON = 500;

    private final @Nullable Tracer tracer;

    private JobTracing(@Nullable Tracer tracer) {
        this.tracer = tracer;
    }

    public static JobTracing with(OpenTelemetry telemetry) {
        return new JobTracing(telemetry.getTracer("io.penstock.worker"));
    }

    /** As this process is configured. */
    static JobTracing ofThisProcess(boolean off) {
        return off ? OFF : with(GlobalOpenTelemetry.get());
    }

    /** A span from now on; null: switched off. */
    @Nullable
    Span begin(String queue, ClaimedJob job) {
        if (tracer == null) {
            return null;
        }
        return tracer.spanBuilder("process " + job.type())
                .setParent(Context.root().with(Span.wrap(TraceParent.parse(job.trace()))))
                .setSpanKind(SpanKind.CONSUMER)
                .setAttribute("messaging.system", "penstock")
                .setAttribute("messaging.operation.type", "process")
                .setAttribute("messaging.destination.name", queue)
                .setAttribute("messaging.message.id", job.id())
                .setAttribute("penstock.job.type", job.type())
                .setAttribute("penstock.job.attempt", job.attempt())
                .setAttribute("penstock.job.enqueued_at", job.enqueuedAt().toString())
                .startSpan();
    }

    /** The job as its attempt sees it: at the place of this span. */
    static ClaimedJob within(@Nullable Span span, ClaimedJob job) {
        String place = span == null ? null : TraceParent.of(span);
        return place == null ? job : job.tracedBy(place);
    }

    /** Ends the span with what the attempt came to. */
    static void end(@Nullable Span span, NextStep step, long ranForNanos) {
        if (span == null) {
            return;
        }
        span.setAttribute("penstock.job.outcome", outcome(step));
        span.setAttribute("penstock.job.ran_ms", TimeUnit.NANOSECONDS.toMillis(ranForNanos));
        if (step instanceof NextStep.Retry retry) {
            span.setStatus(StatusCode.ERROR, firstLine(retry.error()));
        } else if (step instanceof NextStep.Bury bury) {
            span.setStatus(StatusCode.ERROR, firstLine(bury.reason()));
        }
        span.end();
    }

    private static String outcome(NextStep step) {
        if (step instanceof NextStep.Complete) {
            return "completed";
        }
        if (step instanceof NextStep.Retry) {
            return "retry";
        }
        if (step instanceof NextStep.Snooze) {
            return "put-off";
        }
        return step instanceof NextStep.Bury ? "dead" : "dropped";
    }

    private static String firstLine(String text) {
        int end = text.indexOf('\n');
        String line = end < 0 ? text : text.substring(0, end);
        return line.length() <= MOST_REASON ? line : line.substring(0, MOST_REASON);
    }
}
