package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A job whose handler does not stop when it is asked to: it is cut off when its grace is over, and its end refused. */
final class StubbornJob implements Fault {

    private static final Duration GOES_ON = ChaosEngine.CANCEL_GRACE.multipliedBy(5);
    private static final int TRIES = 5;
    private static final Duration TO_BEGIN = Duration.ofSeconds(5);
    private static final Duration TO_END = Duration.ofSeconds(20);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(50);

    private final ChaosEngine engine;
    private final ChaosProducer producer;
    private final List<String> tags = Collections.synchronizedList(new ArrayList<>());

    StubbornJob(ChaosEngine engine, ChaosProducer producer) {
        this.engine = engine;
        this.producer = producer;
    }

    @Override
    public String kind() {
        return "job ignores cancellation";
    }

    @Override
    public Duration pause() {
        return Duration.ofSeconds(3);
    }

    /** Other faults may prevent that one begins, or that it is asked in time: then another job is tried. */
    @Override
    public void strike(FaultLog log) {
        for (int tries = 0; tries < TRIES; tries++) {
            String tag = producer.enqueueNamed(ChaosJob.STUBBORN, (int) GOES_ON.toMillis())
                    .join();
            tags.add(tag);
            if (await(tag, JobState.ACTIVE, TO_BEGIN) && cancel(tag)) {
                long from = System.currentTimeMillis();
                await(tag, JobState.CANCELLED, TO_END);
                log.onAll(kind(), from, System.currentTimeMillis());
                return;
            }
        }
    }

    private boolean cancel(String tag) {
        for (int tries = 0; tries < 3; tries++) {
            try {
                engine.jobAdmin()
                        .cancel(tag, "chaos")
                        .await()
                        .atMost(engine.deadline().multipliedBy(2));
                return true;
            } catch (RuntimeException e) {
                // Another fault is in force; asking twice does no harm.
            }
        }
        return false;
    }

    /** False when it does not come so far. Which state a job is in is told to whoever asks, and to nobody else. */
    private boolean await(String id, JobState state, Duration most) {
        long end = System.nanoTime() + most.toNanos();
        while (System.nanoTime() - end < 0) {
            Optional<JobView> found = find(id);
            if (found.isPresent() && found.get().state() == state) {
                return true;
            }
            if (found.isPresent() && found.get().state().hasEnded()) {
                return false;
            }
            Pause.of(BETWEEN_LOOKS);
        }
        return false;
    }

    private Optional<JobView> find(String id) {
        try {
            return engine.queue().find(id).await().atMost(engine.deadline().multipliedBy(2));
        } catch (RuntimeException e) {
            // Redis is away at this moment.
            return Optional.empty();
        }
    }

    /** Of the jobs that were enqueued. */
    List<String> tags() {
        return List.copyOf(tags);
    }
}
