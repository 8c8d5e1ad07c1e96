package io.penstock.bench.compare;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The program of each side, to be started for one turn. All print one line of JSON with the same fields.
 *
 * @param home the directory of {@code run} and {@code peers}
 * @param quick few jobs, to try it
 * @param removeEnded peers are told to remove ended jobs
 */
record Programs(Path home, boolean quick, boolean removeEnded) {

    /** Where the peers' programs find the server: a URL may hold a password, and arguments can be read by everybody. */
    static final String URL_VARIABLE = "PENSTOCK_BENCH_REDIS";

    private static final long QUICK_JOBS = 2_000;
    private static final long QUICK_WARM_UP = 1_000;

    ProcessBuilder start(Turn turn, String redisUrl) {
        return switch (turn.side()) {
            case BULLMQ, BEE_QUEUE -> peer(turn, redisUrl);
            case PENSTOCK, NO_QUEUE -> penstock(turn, redisUrl);
        };
    }

    private ProcessBuilder peer(Turn turn, String redisUrl) {
        List<String> command = new ArrayList<>(List.of(
                "node",
                home.resolve("peers/measure.mjs").toString(),
                "--peer",
                turn.side().label(),
                "--scenario",
                turn.contest().scenarioOf(turn.side()),
                "--jobs",
                jobs(turn),
                "--warm-up",
                String.valueOf(quick ? QUICK_WARM_UP : turn.contest().peersWarmUp())));
        if (removeEnded) {
            command.add("--remove-ended");
        }
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put(URL_VARIABLE, redisUrl);
        return builder;
    }

    private ProcessBuilder penstock(Turn turn, String redisUrl) {
        List<String> command = new ArrayList<>(List.of(
                home.resolve("run").toString(),
                "--redis",
                redisUrl,
                "--scenario",
                turn.contest().scenarioOf(turn.side()),
                "--jobs",
                jobs(turn),
                "--json"));
        if (quick) {
            command.addAll(List.of("--warm-up", String.valueOf(QUICK_WARM_UP)));
        }
        return new ProcessBuilder(command);
    }

    private String jobs(Turn turn) {
        return String.valueOf(quick ? QUICK_JOBS : turn.contest().jobs());
    }
}
