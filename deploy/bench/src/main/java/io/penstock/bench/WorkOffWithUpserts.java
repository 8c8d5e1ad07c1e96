package io.penstock.bench;

import io.penstock.common.job.Outcome;
import io.penstock.worker.run.JobContext;
import io.smallrye.mutiny.Uni;

/** As {@link WorkOff}, with a handler that makes one upsert for each job. {@link UpsertsAlone} is what to compare it with. */
final class WorkOffWithUpserts implements Measurement {

    private final int slots;

    WorkOffWithUpserts(int slots) {
        this.slots = slots;
    }

    @Override
    public Figures measure(Run run) {
        try (BenchPostgres server = new BenchPostgres();
                Engine engine = run.engine(slots)) {
            BulkProducer producer = new BulkProducer(engine);
            producer.produce(run.warmUp());
            try (Upserts upserts = new Upserts(server, engine.vertx())) {
                workOff(engine, new UpsertHandler(upserts), run.warmUp()).stop();
            }
            run.redis().remove(Engine.QUEUE);
            producer.produce(run.jobs());
            try (Upserts upserts = new Upserts(server, engine.vertx())) {
                Effort.Start start = Effort.start(run.redis());
                Platform.RunningWorker worker = workOff(engine, new UpsertHandler(upserts), run.jobs());
                Effort effort = start.end();
                worker.stop();
                upserts.requireWritten(run.warmUp() + run.jobs());
                return effort.rate(effort.cpu(run.figures()));
            }
        }
    }

    private static Platform.RunningWorker workOff(Engine engine, UpsertHandler handler, long jobs) {
        Completions completions = new Completions();
        Platform.RunningWorker worker = engine.startWorker(handler, completions);
        completions.await(jobs);
        return worker;
    }

    private static final class UpsertHandler extends NoOpHandler {

        private final Upserts upserts;

        UpsertHandler(Upserts upserts) {
            this.upserts = upserts;
        }

        @Override
        public Uni<Outcome> handle(Payload payload, JobContext context) {
            return upserts.upsert(payload).replaceWith(Outcome.completed());
        }
    }
}
