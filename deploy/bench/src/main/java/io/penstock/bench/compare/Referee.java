package io.penstock.bench.compare;

import io.penstock.bench.BenchException;
import org.jspecify.annotations.Nullable;

/** Sees to it that each turn begins alike, lets its program work, and can break all of it off. */
final class Referee implements Rounds.Measurer {

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

    /** Ends what is at work, and starts nothing any more. */
    synchronized void breakOff() {
        brokenOff = true;
        if (atWork != null) {
            atWork.close();
            redis.removeWhatPeersLeft();
        }
    }
}
