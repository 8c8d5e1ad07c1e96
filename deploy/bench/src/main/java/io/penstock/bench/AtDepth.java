package io.penstock.bench;

/**
 * A queue that holds a backlog all the time: jobs are enqueued behind it, and then as many are worked off, the oldest
 * first, so that what is left is as deep as before. What a job costs must not depend on how many wait.
 */
final class AtDepth implements Measurement {

    private final int slots;

    AtDepth(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(slots)) {
            BulkProducer producer = new BulkProducer(engine);
            producer.produce(run.warmUp());
            workOff(engine, run.redis(), run.warmUp());
            run.redis().remove(Engine.QUEUE);
            producer.produce(run.options().backlog());
            Effort.Start start = Effort.start(run.redis());
            producer.produce(run.jobs());
            Effort enqueueing = start.end().perJob(run.jobs());
            Effort workingOff = workOff(engine, run.redis(), run.jobs());
            return run.figures()
                    .with(Field.BACKLOG, run.options().backlog())
                    .with(Field.JOBS_PER_SECOND, workingOff.perSecond())
                    .with(Field.REDIS_MICROS, workingOff.redisMicros())
                    .with(Field.CLIENT_MICROS, workingOff.clientMicros())
                    .with(Field.ENQUEUED_PER_SECOND, enqueueing.perSecond())
                    .with(Field.ENQUEUE_REDIS_MICROS, enqueueing.redisMicros())
                    .with(Field.ENQUEUE_CLIENT_MICROS, enqueueing.clientMicros());
        }
    }

    /** The worker finds more jobs than these and does not stop by itself, so those it has done in the end are counted. */
    private Effort workOff(Engine engine, BenchRedis redis, long jobs) {
        Completions completions = new Completions();
        Effort.Start start = Effort.start(redis);
        Platform.RunningWorker worker = engine.startWorker(new NoOpHandler(), completions);
        completions.await(jobs);
        Effort effort = start.end().perJob(completions.count());
        worker.stop();
        return effort;
    }
}
