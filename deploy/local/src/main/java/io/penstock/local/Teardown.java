package io.penstock.local;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/**
 * All that has been started and must be stopped. Starting and stopping exclude each other: once stopping has begun
 * nothing more starts, so that Ctrl-C during start-up leaves nothing behind either.
 */
final class Teardown implements AutoCloseable {

    /** What stops when: the last of these first, parts of one stage together. */
    enum Stage {
        RUN_DIRECTORY,
        REDIS,
        POSTGRES,
        FEED_AND_MAIL,
        API,
        WORKERS,
        SCHEDULER
    }

    private final Map<Stage, List<AutoCloseable>> started = new EnumMap<>(Stage.class);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private boolean stopping;

    /** Starts a part and remembers to stop it. */
    synchronized <T extends AutoCloseable> T own(Stage stage, Supplier<T> start) {
        if (stopping) {
            throw new LaunchException("Stopping");
        }
        T part = start.get();
        started.computeIfAbsent(stage, none -> new ArrayList<>()).add(part);
        return part;
    }

    synchronized boolean isStopping() {
        return stopping;
    }

    /** Stops everything and returns when it is stopped, whoever asked first. */
    @Override
    public void close() {
        if (begin()) {
            try {
                Stage[] stages = Stage.values();
                for (int last = stages.length - 1; last >= 0; last--) {
                    stop(started.getOrDefault(stages[last], List.of()));
                }
            } finally {
                stopped.countDown();
            }
            return;
        }
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean begin() {
        boolean first = !stopping;
        stopping = true;
        return first;
    }

    private static void stop(List<AutoCloseable> parts) {
        List<Thread> stopping =
                parts.stream().map(part -> new Thread(() -> stop(part), "stop")).toList();
        stopping.forEach(Thread::start);
        for (Thread thread : stopping) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** One part that does not stop cleanly must not keep the others running. */
    private static void stop(AutoCloseable part) {
        try {
            part.close();
        } catch (Exception e) {
            System.err.println("Did not stop cleanly: " + e);
        }
    }
}
