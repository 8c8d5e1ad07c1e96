package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
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

    /** Longer together than Redis is away. */
    private static final int MOST_TRIES = 20;

    private static final Duration BETWEEN_TRIES = Duration.ofMillis(200);

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(20);
    }

    /** Each death is told by whoever sees the process end. A call may meet another fault: then there is no poison yet. */
    @Override
    public void strike(FaultLog log) {
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            ChaosProducer.Named named = producer.enqueueOne(ChaosJob.POISON, 1).join();
            tags.add(named.tag());
            if (named.accepted()) {
                return;
            }
            Pause.of(BETWEEN_TRIES);
        }
    }

    /** Of the jobs that were enqueued. */
    List<String> tags() {
        return List.copyOf(tags);
    }
}
