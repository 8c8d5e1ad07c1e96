package io.penstock.worker.run;

import io.penstock.common.queue.JobLine;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.JobReport;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one running job has said and nobody has written down yet: its latest progress and a bounded number of lines. A job
 * that never says anything has none. Handlers speak from any thread; the {@link ReportDesk} takes their words away.
 */
final class JobVoice {

    private final ReportDesk desk;
    private final String jobId;
    private final int attempt;
    private @Nullable JobProgress progress;
    private List<JobLine> lines = new ArrayList<>();
    private int dropped;
    private boolean waiting;
    private boolean closed;

    JobVoice(ReportDesk desk, String jobId, int attempt) {
        this.desk = desk;
        this.jobId = jobId;
        this.attempt = attempt;
    }

    void percent(int percent, @Nullable String message) {
        say(JobProgress.ofPercent(percent, message, attempt, desk.now()));
    }

    void total(long done, long total) {
        say(JobProgress.ofTotal(done, total, attempt, desk.now()));
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
        JobLine line = new JobLine(desk.now(), attempt, desk.abbreviated(String.valueOf(text)));
        synchronized (this) {
            if (closed) {
                return;
            }
            // One place is kept for the line that tells of the dropped ones.
            if (lines.size() < JobReport.MAX_LINES - 1) {
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
        if (!desk.lineUp(this)) {
            desk.dropped(drop());
        }
    }

    /** Takes what there is; null: nothing. */
    synchronized @Nullable JobReport take() {
        waiting = false;
        if (progress == null && lines.isEmpty()) {
            return null;
        }
        if (dropped > 0) {
            desk.dropped(dropped);
            lines.add(new JobLine(desk.now(), attempt, dropped + " lines were dropped: too many at once"));
            dropped = 0;
        }
        JobReport report = new JobReport(jobId, progress, lines);
        progress = null;
        lines = new ArrayList<>();
        return report;
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
    synchronized void hush() {
        closed = true;
        drop();
    }
}
