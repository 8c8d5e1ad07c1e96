package io.penstock.bench.chaos;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One job for each way in which {@link HostileHandler} fails. */
final class HostileJobs implements Fault {

    static final String KIND = "hostile handlers";

    private final ChaosProducer producer;
    private final List<String> tags = Collections.synchronizedList(new ArrayList<>());

    HostileJobs(ChaosProducer producer) {
        this.producer = producer;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(15);
    }

    @Override
    public void strike(FaultLog log) {
        long from = System.currentTimeMillis();
        for (int way = 0; way < HostileHandler.ways(); way++) {
            tags.add(producer.enqueueNamed(ChaosJob.HOSTILE, way).join());
        }
        log.onAll(kind(), from, System.currentTimeMillis());
    }

    /** Of the jobs that were enqueued. */
    List<String> tags() {
        return List.copyOf(tags);
    }
}
