package io.penstock.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One run of a scenario: what it may use, and what it has started. */
final class Run {

    private static final Duration MOST_FOR_THE_END = Duration.ofMinutes(1);

    private final Scenario scenario;
    private final String redisUrl;
    private final BenchRedis redis;
    private final RunOptions options;
    private final List<Runnable> stops = new ArrayList<>();
    private volatile boolean brokenOff;

    /** @param redis for questions and for cleaning up */
    Run(Scenario scenario, String redisUrl, BenchRedis redis, RunOptions options) {
        this.scenario = scenario;
        this.redisUrl = redisUrl;
        this.redis = redis;
        this.options = options;
    }

    String redisUrl() {
        return redisUrl;
    }

    BenchRedis redis() {
        return redis;
    }

    RunOptions options() {
        return options;
    }

    long jobs() {
        return options.jobs();
    }

    /** Jobs that go the same way before the measured ones. */
    long warmUp() {
        return options.warmUp();
    }

    /** To be filled in. */
    Figures figures() {
        return figures(jobs());
    }

    /** The same where the number of jobs follows from the run. */
    Figures figures(long jobs) {
        Figures figures = Figures.of(scenario, jobs);
        return options.partitions() == 1 ? figures : figures.with(Field.PARTITIONS, options.partitions());
    }

    /** The caller closes it. */
    Engine engine(int slots) {
        Engine engine = new Engine(redisUrl, slots, options.partitions());
        toStop(engine::close);
        return engine;
    }

    /** The caller closes it. */
    ProducerProcess startProducer() {
        ProducerProcess producer = new ProducerProcess(redisUrl, options.partitions());
        toStop(producer::close);
        return producer;
    }

    /** To be called if the run is broken off from outside. */
    void toStop(Runnable stop) {
        synchronized (stops) {
            stops.add(stop);
        }
    }

    /** Measures, and leaves nothing in Redis whatever happens. */
    Figures perform() {
        try {
            return scenario.measurement().measure(this);
        } finally {
            if (brokenOff) {
                leaveTheRestToTheBreakOff();
            }
            redis.remove(Engine.QUEUE);
        }
    }

    /**
     * The process is ending, and its last thread still needs the connection that this one would close. Only the end of the
     * process comes after this, and it waits for no thread.
     */
    private static void leaveTheRestToTheBreakOff() {
        Pause.of(MOST_FOR_THE_END);
    }

    /** Ends the run from outside: nothing writes any more, and what was written is removed. */
    void breakOff() {
        brokenOff = true;
        synchronized (stops) {
            stops.forEach(Runnable::run);
        }
        redis.removeWhatStillArrives(Engine.QUEUE);
    }
}
