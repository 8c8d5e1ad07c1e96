package io.penstock.bench;

import io.penstock.common.job.Outcome;

/** A worker that finds a full queue: from its start until the end of the last job is stored. */
final class WorkOff implements Measurement {

    /** What the compiler has made for one worker it throws away when a second one starts; not for a third. */
    private static final int WARM_UP_WORKERS = 3;

    private final int slots;

    WorkOff(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(slots)) {
            Feature feature = run.options().feature();
            NoOpHandler handler = handlerFor(feature);
            BulkProducer producer =
                    new BulkProducer(engine, feature, run.options().payloadBytes());
            for (int i = 0; i < WARM_UP_WORKERS; i++) {
                long part = run.warmUp() / WARM_UP_WORKERS;
                workOff(
                        engine,
                        producer,
                        handler,
                        Math.max(1, part / feature.jobsPerProduced()) * feature.jobsPerProduced());
            }
            run.redis().remove(Engine.QUEUE);
            producer.produce(run.jobs() / feature.jobsPerProduced());
            Completions completions = new Completions();
            Effort.Start start = Effort.start(run.redis());
            Platform.RunningWorker worker = engine.startWorker(handler, completions);
            completions.await(run.jobs() / feature.jobsPerProduced() * feature.jobsPerProduced());
            Effort effort = start.end();
            worker.stop();
            return effort.rate(effort.cpu(run.figures()));
        }
    }

    private static NoOpHandler handlerFor(Feature feature) {
        return switch (feature) {
            case FOLLOW_UP -> new FollowedHandler();
            case RESULT -> new NoOpHandler(Outcome.completed("done"));
            default -> new NoOpHandler();
        };
    }

    private static void workOff(Engine engine, BulkProducer producer, NoOpHandler handler, long jobs) {
        Completions completions = new Completions();
        producer.produce(jobs / (handler instanceof FollowedHandler ? 2 : 1));
        Platform.RunningWorker worker = engine.startWorker(handler, completions);
        completions.await(jobs);
        worker.stop();
    }
}
