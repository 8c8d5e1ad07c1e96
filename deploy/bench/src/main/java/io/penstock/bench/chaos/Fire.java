package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Draws the faults of a run and lets them strike. At first each kind comes once, in the order given, as soon as it is
 * possible; those that happen once in a run have times of their own, spread over it. At a time when no fault is possible (too few workers are up, say) none
 * strikes, which is counted.
 */
final class Fire {

    private static final Duration LAST_BLOW = Duration.ofSeconds(60);

    private static final int MOST = 3;

    private final List<Fault> drawn;
    private final List<Fault> once;
    private final Random random;
    private final FaultLog log;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "fault");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Fault> underWay = new HashSet<>();
    private final Map<Fault, Long> endedAt = new HashMap<>();
    private int quiet;

    Fire(List<Fault> faults, Random random, FaultLog log) {
        this.drawn = faults.stream().filter(fault -> !fault.isOnce()).toList();
        this.once = faults.stream().filter(Fault::isOnce).toList();
        this.random = random;
        this.log = log;
    }

    /** Returns when the time is over and the last fault is. */
    void burn(Duration time, Duration every) {
        List<Fault> first = new ArrayList<>(drawn);
        List<Fault> atTheirTime = new ArrayList<>(once);
        long begin = System.nanoTime();
        // A kind that was not possible in all the time is waited for, but not for ever.
        for (long turn = 1; turn * every.toMillis() < (first.isEmpty() ? 1 : MOST) * time.toMillis(); turn++) {
            // The pace is the subject.
            Pause.of(Duration.ofNanos(Math.max(0, begin + turn * every.toNanos() - System.nanoTime())));
            long due = time.toMillis() * (once.size() - atTheirTime.size() + 1) / (once.size() + 1);
            if (!atTheirTime.isEmpty() && turn * every.toMillis() >= due && isPossible(atTheirTime.get(0))) {
                strike(atTheirTime.remove(0));
            } else {
                strikeOne(first);
            }
        }
        atTheirTime.forEach(this::strike);
        threads.shutdown();
        awaitLast();
    }

    private void strikeOne(List<Fault> first) {
        Optional<Fault> awaited = first.stream().filter(this::isPossible).findFirst();
        if (awaited.isPresent()) {
            first.remove(awaited.get());
            strike(awaited.get());
            return;
        }
        List<Fault> possible = drawn.stream().filter(this::isPossible).toList();
        if (possible.isEmpty()) {
            quiet++;
        } else {
            strike(possible.get(random.nextInt(possible.size())));
        }
    }

    private synchronized boolean isPossible(Fault fault) {
        Long ended = endedAt.get(fault);
        boolean rested =
                ended == null || System.nanoTime() - ended > fault.pause().toNanos();
        return rested && !underWay.contains(fault) && fault.isPossible();
    }

    private void strike(Fault fault) {
        synchronized (this) {
            underWay.add(fault);
        }
        threads.execute(() -> {
            try {
                fault.strike(log);
            } catch (Exception e) {
                log.surprise("the fault '" + fault.kind() + "' failed: " + e);
            } finally {
                synchronized (this) {
                    underWay.remove(fault);
                    endedAt.put(fault, System.nanoTime());
                }
            }
        });
    }

    private void awaitLast() {
        try {
            if (!threads.awaitTermination(LAST_BLOW.toMillis(), TimeUnit.MILLISECONDS)) {
                log.surprise("a fault was still in force " + LAST_BLOW.toSeconds() + " s after the last one");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** How often no fault was possible when one was due. */
    int quietTurns() {
        return quiet;
    }
}
