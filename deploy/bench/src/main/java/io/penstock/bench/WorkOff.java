package io.penstock.bench;

/** A worker that finds a full queue: from its start until the end of the last job is stored. */
final class WorkOff implements Measurement {

    private final int slots;

    WorkOff(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(slots)) {
            BulkProducer producer = new BulkProducer(engine);
            workOff(engine, producer, run.warmUp());
            run.redis().remove(Engine.QUEUE);
            producer.produce(run.jobs());
            Completions completions = new Completions();
            Effort.Start start = Effort.start(run.redis());
            Engine.RunningWorker worker = engine.startWorker(new NoOpHandler(), completions);
            completions.await(run.jobs());
            Effort effort = start.end();
            worker.stop();
            return effort.rate(effort.cpu(run.figures()));
        }
    }

    private static void workOff(Engine engine, BulkProducer producer, long jobs) {
        Completions completions = new Completions();
        producer.produce(jobs);
        Engine.RunningWorker worker = engine.startWorker(new NoOpHandler(), completions);
        completions.await(jobs);
        worker.stop();
    }
}
