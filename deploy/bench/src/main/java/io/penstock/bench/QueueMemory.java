package io.penstock.bench;

/** What waiting jobs, and what is remembered of them, cost the server: the growth of its used memory. */
final class QueueMemory implements Measurement {

    @Override
    public Figures measure(Run run) {
        try (Engine engine = run.engine(1)) {
            BulkProducer producer = new BulkProducer(
                    engine, run.options().feature(), run.options().payloadBytes());
            // Scripts, connections and their buffers must not count.
            producer.produce(run.warmUp());
            run.redis().remove(Engine.QUEUE);
            double before = run.redis().usedMemory();
            producer.produce(run.jobs());
            double after = run.redis().usedMemory();
            return run.figures().with(Field.BYTES, (after - before) / run.jobs());
        }
    }
}
