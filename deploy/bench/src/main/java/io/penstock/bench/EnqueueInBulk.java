package io.penstock.bench;

/** One caller that enqueues in bulk calls. */
final class EnqueueInBulk implements Measurement {

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(1)) {
            BulkProducer producer = new BulkProducer(
                    engine, run.options().feature(), run.options().payloadBytes());
            producer.produce(run.warmUp());
            run.redis().remove(Engine.QUEUE);
            Effort.Start start = Effort.start(run.redis());
            producer.produce(run.jobs());
            Effort effort = start.end();
            return effort.rate(effort.cpu(run.figures()));
        }
    }
}
