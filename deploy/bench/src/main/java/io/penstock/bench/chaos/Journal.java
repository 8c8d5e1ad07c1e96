package io.penstock.bench.chaos;

import io.penstock.common.event.JobEvent;
import io.penstock.common.event.JobListener;
import io.penstock.common.queue.ClaimedJob;
import java.nio.file.Path;

/**
 * What one worker process did, line by line, as it does it: {@code <mark> <epoch ms> <job id> <attempt> [<tag>]}. The
 * times are the machine's, whatever clock the worker was given.
 */
final class Journal implements JobListener, AutoCloseable {

    /** What a line says. */
    enum Mark {
        /** A handler was called; with the tag. */
        BEGUN,
        /** Its handler is through. */
        ENDED,
        /** Its handler wants it put off; whether that is stored is told later, or never, if the answer is lost. */
        PUTTING_OFF,
        /** The completion is stored. */
        COMPLETED,
        /** The attempt failed and another follows. */
        FAILED,
        /** It was put off; it will run again. */
        PUT_OFF,
        DIED,
        CANCELLED,
        /** The worker's event loop did not come round; until now, since when in place of the id. */
        STOOD_STILL,
        /** The end was refused: by now the job is another worker's, or ended. */
        REFUSED
    }

    private final AppendOnlyFile file;

    Journal(Path path) {
        file = new AppendOnlyFile(path);
    }

    void begun(String jobId, int attempt, String tag) {
        file.write(Mark.BEGUN, System.currentTimeMillis(), jobId, attempt, tag);
    }

    void ended(String jobId, int attempt) {
        file.write(Mark.ENDED, System.currentTimeMillis(), jobId, attempt);
    }

    void puttingOff(String jobId, int attempt) {
        file.write(Mark.PUTTING_OFF, System.currentTimeMillis(), jobId, attempt);
    }

    void stoodStill(long fromMs) {
        file.write(Mark.STOOD_STILL, System.currentTimeMillis(), fromMs, 0);
    }

    @Override
    public void on(JobEvent event) {
        if (event instanceof JobEvent.Completed completed) {
            note(Mark.COMPLETED, completed.job());
        } else if (event instanceof JobEvent.AttemptFailed failed) {
            note(Mark.FAILED, failed.job());
        } else if (event instanceof JobEvent.Snoozed snoozed) {
            note(Mark.PUT_OFF, snoozed.job());
        } else if (event instanceof JobEvent.Died died) {
            note(Mark.DIED, died.job());
        } else if (event instanceof JobEvent.Cancelled cancelled) {
            note(Mark.CANCELLED, cancelled.job());
        } else if (event instanceof JobEvent.LeaseLost lost) {
            note(Mark.REFUSED, lost.job());
        }
    }

    private void note(Mark mark, ClaimedJob job) {
        file.write(mark, System.currentTimeMillis(), job.id(), job.attempt());
    }

    @Override
    public void close() {
        file.close();
    }
}
