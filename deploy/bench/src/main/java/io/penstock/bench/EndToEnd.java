package io.penstock.bench;

/** Producer and worker at once, each a process of its own: from the first enqueue until the last end is stored. */
final class EndToEnd implements Measurement {

    private static final int SLOTS = 100;

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(SLOTS);
                ProducerProcess producer = run.startProducer()) {
            Completions completions = new Completions();
            Platform.RunningWorker worker = engine.startWorker(new NoOpHandler(), completions);
            producer.enqueue(run.warmUp());
            producer.awaitCpuNanos();
            completions.await(run.warmUp());
            Effort.Start start = Effort.start(run.redis());
            producer.enqueue(run.jobs());
            completions.await(run.warmUp() + run.jobs());
            Effort effort = start.end().plusClientNanos(producer.awaitCpuNanos());
            worker.stop();
            return effort.rate(effort.cpu(run.figures()));
        }
    }
}
