package io.penstock.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** A job that kills its worker, and the next one that gets it, until the queue gives it up. */
final class PoisonJob implements Fault {

    static final String KIND = "poison job";

    private final ChaosProducer producer;
    private final List<String> tags = Collections.synchronizedList(new ArrayList<>());

    PoisonJob(ChaosProducer producer) {
        this.producer = producer;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(20);
    }

    /** Each death is told by whoever sees the process end. */
    @Override
    public void strike(FaultLog log) {
        tags.add(producer.enqueueNamed(ChaosJob.POISON, 1).join());
    }

    /** Of the jobs that were enqueued. */
    List<String> tags() {
        return List.copyOf(tags);
    }
}
