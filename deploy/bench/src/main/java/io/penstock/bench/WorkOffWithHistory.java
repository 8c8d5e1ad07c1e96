package io.penstock.bench;

import java.util.List;

/**
 * As {@link WorkOff}, with a queue that keeps the history of all its jobs: until the end of the last job is stored and its
 * row is written.
 */
final class WorkOffWithHistory implements Measurement {

    private final int slots;

    WorkOffWithHistory(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (HistoryOnPostgres history = new HistoryOnPostgres();
                Engine engine = run.engine(slots)) {
            BulkProducer producer = new BulkProducer(engine);
            producer.produce(run.warmUp());
            workOff(engine, history, run.warmUp()).stop();
            run.redis().remove(Engine.QUEUE);
            producer.produce(run.jobs());
            Effort.Start start = Effort.start(run.redis());
            Platform.RunningWorker worker = workOff(engine, history, run.jobs());
            Effort effort = start.end();
            worker.stop();
            history.requireRows(run.warmUp() + run.jobs());
            return effort.rate(effort.cpu(run.figures()));
        }
    }

    private static Platform.RunningWorker workOff(Engine engine, HistoryOnPostgres history, long jobs) {
        Completions completions = new Completions();
        Platform.RunningWorker worker = engine.startWorker(
                List.of(new NoOpHandler()), List.of(completions, history.listener()), history.backpressure());
        completions.await(jobs);
        history.awaitWritten();
        return worker;
    }
}
