package io.penstock.worker.run;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.trace.TraceParent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/** Says in log lines which job they are about: {@code jobId}, {@code jobType}, {@code attempt}, {@code queue} and,
 * where it is traced, {@code traceId} in the MDC. */
public final class JobLogContext {

    private static final String JOB_ID = "jobId";
    private static final String JOB_TYPE = "jobType";
    private static final String ATTEMPT = "attempt";
    private static final String QUEUE = "queue";
    private static final String TRACE_ID = "traceId";

    private JobLogContext() {}

    /** For whatever is logged from now on in a context that is the job's own. */
    static void enter(String queue, ClaimedJob job) {
        MDC.put(JOB_ID, job.id());
        MDC.put(JOB_TYPE, job.type());
        MDC.put(ATTEMPT, job.attempt());
        MDC.put(QUEUE, queue);
        String trace = job.trace();
        if (trace != null) {
            MDC.put(TRACE_ID, TraceParent.traceId(trace));
        }
    }

    /** For lines that are written elsewhere: what the MDC said before holds again afterwards. */
    public static void during(String queue, ClaimedJob job, Runnable lines) {
        EventLoopContext.runUnshared(() -> {
            Map<String, @Nullable Object> before = new HashMap<>();
            for (String key : List.of(JOB_ID, JOB_TYPE, ATTEMPT, QUEUE, TRACE_ID)) {
                before.put(key, MDC.get(key));
            }
            enter(queue, job);
            try {
                lines.run();
            } finally {
                before.forEach(JobLogContext::restore);
            }
        });
    }

    private static void restore(String key, @Nullable Object value) {
        if (value == null) {
            MDC.remove(key);
        } else {
            MDC.put(key, value);
        }
    }
}
