package io.penstock.bench.chaos;

import io.penstock.common.job.JobType;

/**
 * What the jobs of a run carry.
 *
 * @param tag unique in the run, given by who enqueues; it tells the job also where its id is not known, because the
 *     answer was lost
 * @param millis how long the handler takes
 */
record ChaosJob(String tag, int millis) {

    /** The queue of all runs; nobody else has one of this name. */
    static final String QUEUE = "penstock-chaos";

    /** Takes its time, then writes its row. */
    static final JobType<ChaosJob> WORK =
            JobType.of("chaos.work", ChaosJob.class).queue(QUEUE);

    /** Kills its worker process. */
    static final JobType<ChaosJob> POISON =
            JobType.of("chaos.poison", ChaosJob.class).queue(QUEUE);

    /** Fails in a way that no handler should; {@code millis} says in which. */
    static final JobType<ChaosJob> HOSTILE =
            JobType.of("chaos.hostile", ChaosJob.class).queue(QUEUE);

    /** Goes on for its time, whoever wants it to stop. */
    static final JobType<ChaosJob> STUBBORN =
            JobType.of("chaos.stubborn", ChaosJob.class).queue(QUEUE);
}
