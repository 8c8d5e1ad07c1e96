package io.penstock.common.pool;

import io.quarkus.runtime.annotations.RegisterForReflection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the figures of a pool suggest about its size. Pure.
 *
 * @param from its size
 * @param to the size that is suggested
 * @param setting what to change
 * @param reason the figures that led to it
 * @param effect what is to be expected
 */
@RegisterForReflection
public record PoolAdvice(String pool, int from, int to, String setting, String reason, String effect) {

    /** Fewer pieces of work say nothing about a size that is too large. */
    static final long ENOUGH_WORK = 1_000;

    private static final int SMALLEST = 2;
    private static final double LITTLE = 0.25;

    /**
     * Judges the size of one pool.
     *
     * @param peaks the most that was in use or waited at once lately, of each sample
     */
    public static Optional<PoolAdvice> of(PoolState state, List<Integer> peaks) {
        int highest = peaks.stream().mapToInt(Integer::intValue).max().orElse(0);
        highest = Math.max(highest, state.inUse() + state.waiting());
        String setting = setting(state.pool());
        if (highest > state.size()) {
            int to = Math.max(state.size() + 1, Math.min(2 * state.size(), highest + highest / 4));
            return Optional.of(new PoolAdvice(
                    state.pool(),
                    state.size(),
                    to,
                    setting,
                    "up to " + (highest - state.size()) + " callers waited for one of " + state.size() + " connections",
                    "nobody waits at the load that was seen; PostgreSQL must allow " + (to - state.size())
                            + " more connections for each process"));
        }
        if (state.diverted() > 0 && state.diverted() * 10 > state.done()) {
            int to = state.size() + Math.max(1, state.size() / 2);
            return Optional.of(new PoolAdvice(
                    state.pool(),
                    state.size(),
                    to,
                    setting,
                    state.diverted() + " reads went to the pool for writes beside " + state.done() + " that did not",
                    "reads and writes no longer share connections at this load"));
        }
        boolean judged = peaks.size() >= 10 && state.done() >= ENOUGH_WORK;
        if (judged && state.size() > SMALLEST && highest < LITTLE * state.size()) {
            int to = Math.max(SMALLEST, 2 * Math.max(1, highest));
            return Optional.of(new PoolAdvice(
                    state.pool(),
                    state.size(),
                    to,
                    setting,
                    "no more than " + highest + " of " + state.size() + " connections were in use at once, in "
                            + state.done() + " pieces of work",
                    "a burst opens " + (state.size() - to) + " connections less in each process; nothing gets slower"
                            + " at the load that was seen"));
        }
        return Optional.empty();
    }

    /** Judges all pools, each with its peaks. */
    public static List<PoolAdvice> of(List<PoolState> states, List<List<Integer>> peaks) {
        List<PoolAdvice> all = new ArrayList<>();
        for (int i = 0; i < states.size(); i++) {
            of(states.get(i), peaks.get(i)).ifPresent(all::add);
        }
        return all;
    }

    private static String setting(String pool) {
        return pool.equals(Purpose.WRITE.wire())
                ? "quarkus.datasource.reactive.max-size"
                : "penstock.pools." + pool + ".max-size";
    }
}
