package io.penstock.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One run of a scenario: what it may use, and what it has started. */
final class Run {

    private final Scenario scenario;
    private final String redisUrl;
    private final BenchRedis redis;
    private final long jobs;
    private final long warmUp;
    private final Feature feature;
    private final List<Runnable> stops = new ArrayList<>();
    private volatile boolean brokenOff;

    /** @param redis for questions and for cleaning up */
    Run(Scenario scenario, String redisUrl, BenchRedis redis, long jobs, long warmUp, Feature feature) {
        this.scenario = scenario;
        this.redisUrl = redisUrl;
        this.redis = redis;
        this.jobs = jobs;
        this.warmUp = warmUp;
        this.feature = feature;
    }

    BenchRedis redis() {
        return redis;
    }

    long jobs() {
        return jobs;
    }

    /** Jobs that go the same way before the measured ones, until compiler and connections are warm. */
    long warmUp() {
        return warmUp;
    }

    /** What the jobs ask for; only where jobs are enqueued in bulk by this process. */
    Feature feature() {
        return feature;
    }

    /** To be filled in. */
    Figures figures() {
        return Figures.of(scenario, jobs);
    }

    /** The caller closes it. */
    Engine engine(int slots) {
        Engine engine = new Engine(redisUrl, slots);
        toStop(engine::close);
        return engine;
    }

    /** The caller closes it. */
    ProducerProcess startProducer() {
        ProducerProcess producer = new ProducerProcess(redisUrl, warmUp, jobs);
        toStop(producer::close);
        return producer;
    }

    private void toStop(Runnable stop) {
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

    /** The process is ending, and its last thread still needs the connection that this one would close. */
    private static void leaveTheRestToTheBreakOff() {
        try {
            TimeUnit.MINUTES.sleep(1);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
