package io.penstock.common.queue;

import io.penstock.common.job.JobState;

/** What became of an operator's wish for one job. Compare-and-set: either it took effect whole, or nothing changed. */
public sealed interface JobActionResult {

    /**
     * It took effect.
     *
     * @param state where the job is now; {@link JobState#ACTIVE} after a cancel means that it runs and was asked to
     *     stop. After a delete: where it was
     */
    record Done(JobState state) implements JobActionResult {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.done(this);
        }
    }

    /** No job has this id, or it has ended and its record is no longer kept. */
    record NotFound() implements JobActionResult {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.notFound(this);
        }
    }

    /**
     * The job is not where the wish could take effect.
     *
     * @param state where it is
     * @param why in words
     */
    record Conflict(JobState state, String why) implements JobActionResult {
        @Override
        public <R> R fold(Cases<R> cases) {
            return cases.conflict(this);
        }
    }

    <R> R fold(Cases<R> cases);

    /** One branch per result. */
    interface Cases<R> {
        R done(Done done);

        R notFound(NotFound notFound);

        R conflict(Conflict conflict);
    }
}
