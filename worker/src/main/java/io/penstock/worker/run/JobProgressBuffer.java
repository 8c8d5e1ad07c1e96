package io.penstock.worker.run;

import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.ProgressUpdate;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one running job has said and nobody has written down yet: its latest progress and a bounded number of lines. A job
 * that never says anything has none. Handlers speak from any thread; the {@link ProgressWriter} takes their words away.
 */
final class JobProgressBuffer {

    private final ProgressWriter writer;
    private final String jobId;
    private final int attempt;
    private @Nullable JobProgress progress;
    private List<JobLogLine> lines = new ArrayList<>();
    private int dropped;
    private boolean waiting;
    private boolean closed;

    JobProgressBuffer(ProgressWriter writer, String jobId, int attempt) {
        this.writer = writer;
        this.jobId = jobId;
        this.attempt = attempt;
    }

    void percent(int percent, @Nullable String message) {
        say(JobProgress.ofPercent(percent, message, attempt, writer.now()));
    }

    void total(long done, long total) {
        say(JobProgress.ofTotal(done, total, attempt, writer.now()));
    }

    private void say(JobProgress latest) {
        synchronized (this) {
            if (closed) {
                return;
            }
            progress = latest;
        }
        ask();
    }

    void line(@Nullable String text) {
        JobLogLine line = new JobLogLine(writer.now(), attempt, writer.abbreviated(String.valueOf(text)));
        synchronized (this) {
            if (closed) {
                return;
            }
            // One place is kept for the line that tells of the dropped ones.
            if (lines.size() < ProgressUpdate.MAX_LINES - 1) {
                lines.add(line);
            } else {
                dropped++;
            }
        }
        ask();
    }

    /** Lines up at the desk, unless it is in line already. */
    private void ask() {
        synchronized (this) {
            if (waiting) {
                return;
            }
            waiting = true;
        }
        if (!writer.lineUp(this)) {
            writer.dropped(drop());
        }
    }

    /** Takes what there is; null: nothing. */
    synchronized @Nullable ProgressUpdate take() {
        waiting = false;
        if (progress == null && lines.isEmpty()) {
            return null;
        }
        if (dropped > 0) {
            writer.dropped(dropped);
            lines.add(new JobLogLine(writer.now(), attempt, dropped + " lines were dropped: too many at once"));
            dropped = 0;
        }
        ProgressUpdate update = new ProgressUpdate(jobId, progress, lines);
        progress = null;
        lines = new ArrayList<>();
        return update;
    }

    private synchronized int drop() {
        int words = lines.size() + dropped + (progress == null ? 0 : 1);
        waiting = false;
        progress = null;
        lines = new ArrayList<>();
        dropped = 0;
        return words;
    }

    /** From now on nobody listens: the attempt is over. What was said before can still be taken. */
    synchronized void close() {
        closed = true;
    }

    /** As {@link #close}, and what was not yet taken is forgotten: the job is another worker's. */
    synchronized void discard() {
        closed = true;
        drop();
    }
}
