package io.penstock.bench.compare;

import io.penstock.bench.BenchException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Sees to it that each turn begins alike, lets its program work, and can break all of it off. */
final class Referee implements Rounds.Measurer {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Programs programs;
    private final ComparedRedis redis;
    private @Nullable TurnProcess atWork;
    private boolean brokenOff;

    Referee(Programs programs, ComparedRedis redis) {
        this.programs = programs;
        this.redis = redis;
    }

    @Override
    public Sample measure(Turn turn) {
        redis.prepareForTurn();
        try (TurnProcess program = start(turn)) {
            return new Sample(turn, program.figures());
        } catch (BenchException e) {
            redis.removeWhatPeersLeft();
            throw isBrokenOff() ? new BenchException("interrupted") : e;
        } finally {
            turnIsOver();
        }
    }

    private synchronized TurnProcess start(Turn turn) {
        if (brokenOff) {
            throw new BenchException("interrupted");
        }
        TurnProcess program = new TurnProcess(turn.toString(), programs.start(turn, redis.url()));
        atWork = program;
        return program;
    }

    private synchronized boolean isBrokenOff() {
        return brokenOff;
    }

    private synchronized void turnIsOver() {
        atWork = null;
        notifyAll();
    }

    /** From another thread: ends what is at work, starts nothing any more, and waits until the turn has cleaned up. */
    synchronized void breakOff() {
        brokenOff = true;
        if (atWork != null) {
            atWork.close();
        }
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (atWork != null && System.nanoTime() < end) {
            try {
                TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }
}
