package io.penstock.bench.chaos;

import io.penstock.common.job.JobType;
import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.penstock.worker.run.JobHandler;
import io.smallrye.mutiny.Uni;

/** Fails in ways that no handler should. Each must cost its job alone: the worker lives, the job ends dead with a reason. */
final class HostileHandler implements JobHandler<ChaosJob> {

    /** How it fails. */
    enum Way {
        /** The exception cannot be told: its message throws. */
        MESSAGE_THROWS,
        /** An error of the JVM's kind, thrown before there is anything to wait for. */
        ERROR_THROWN,
        /** The same, as the failure of what is waited for. */
        ERROR_FAILED,
        /** A message of a megabyte, in lines. */
        HUGE_MESSAGE,
        /** Nothing where an outcome should be. */
        NO_OUTCOME,
        /** No promise at all. */
        NO_UNI,
        /** The exception describes itself for ever. */
        ENDLESS_DESCRIPTION,
        /** Its own cause, one step removed. */
        CIRCULAR_CAUSE
    }

    private static final int LINES = 10_000;

    private final Journal journal;

    HostileHandler(Journal journal) {
        this.journal = journal;
    }

    /** How many ways there are; a job says by its {@code millis} which is its own. */
    static int ways() {
        return Way.values().length;
    }

    @Override
    public JobType<ChaosJob> type() {
        return ChaosJob.HOSTILE;
    }

    @Override
    @SuppressWarnings({"NullAway", "DataFlowIssue"}) // that there is nothing is the fault
    public Uni<Outcome> handle(ChaosJob job, JobContext context) {
        journal.begun(context.jobId(), context.attempt(), job.tag());
        // Whether that it failed is stored is told later, or never, if the answer is lost.
        journal.puttingOff(context.jobId(), context.attempt());
        return switch (Way.values()[job.millis() % ways()]) {
            case MESSAGE_THROWS -> throw new MessageThrows();
            case ERROR_THROWN -> throw new LinkageError("thrown by a hostile handler");
            case ERROR_FAILED -> Uni.createFrom().failure(new StackOverflowError("failed by a hostile handler"));
            case HUGE_MESSAGE ->
                Uni.createFrom().failure(new IllegalStateException("a line of a hundred characters\n".repeat(LINES)));
            case NO_OUTCOME -> Uni.createFrom().nullItem();
            case NO_UNI -> null;
            case ENDLESS_DESCRIPTION -> Uni.createFrom().failure(new EndlessDescription());
            case CIRCULAR_CAUSE -> Uni.createFrom().failure(circular());
        };
    }

    private static Exception circular() {
        Exception inner = new IllegalStateException("inner");
        Exception outer = new IllegalStateException("outer", inner);
        inner.initCause(outer);
        return outer;
    }

    private static final class MessageThrows extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        public String getMessage() {
            throw new IllegalStateException("this exception cannot be told");
        }
    }

    private static final class EndlessDescription extends RuntimeException {

        private static final long serialVersionUID = 1;

        @Override
        @SuppressWarnings({"OverrideThrowableToString", "InfiniteRecursion"}) // which is the fault
        public String toString() {
            return "again: " + this;
        }
    }
}
