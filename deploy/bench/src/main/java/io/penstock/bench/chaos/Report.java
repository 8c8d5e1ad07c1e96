package io.penstock.bench.chaos;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Prints the account as a table for people. */
final class Report {

    /** Of what breaks a promise so much is told; the rest is in the files of the run. */
    private static final int TOLD = 10;

    private final PrintWriter out;

    Report(PrintWriter out) {
        this.out = out;
    }

    /** True when every promise holds. */
    boolean print(Plan plan, Topology topology, ChaosRun.Result result) {
        Account account = result.account();
        out.printf(
                Locale.ROOT,
                "%nseed %d, %s, lease %d ms, producers' deadline %d ms, %d producers, %d workers, %d s%n%n",
                plan.seed(),
                topology.description(),
                plan.lease().toMillis(),
                plan.deadline().toMillis(),
                plan.producers(),
                plan.workers(),
                plan.fire().toSeconds());
        row("accepted", account.accepted());
        account.states().forEach((state, number) -> row("  " + state.toLowerCase(Locale.ROOT), number));
        account.dead().forEach((reason, number) -> row("    dead: " + reason, number));
        row("  within Redis's own promise", account.forgotten().size());
        if (!account.forgotten().isEmpty()) {
            row("    of which had been done", account.forgottenButDone());
            row("    the oldest, ms before the crash", account.oldestForgottenMs());
        }
        row("  LOST", account.lost().size());
        row("refused, with a clear error", account.refused());
        row("unknown to their producers", account.unknown());
        row("  of which ran", account.unknownButRun());
        row("with an idempotency key", account.keys().jobs());
        row("  of which tried again", account.keys().repeated());
        row("    after a try that may have been accepted", account.keys().doubtful());
        if (account.keys().mayForget()) {
            row(
                    "  two jobs, their key within Redis's own promise",
                    account.keys().forgotten().size());
        }
        row("  TWO JOBS", account.keys().twice().size());
        row(
                "repeated, in flight at a fault",
                account.repeated().values().stream().mapToInt(Integer::intValue).sum());
        account.repeated().forEach((kind, number) -> row("    " + kind, number));
        row("repeated WITHOUT A CAUSE", account.repeatedWithoutCause().size());
        row("ends refused as stale", account.staleEnds());
        row("ends stored, their answer lost", account.lostAnswers());
        row("ends that the history has to tell of", account.history().ends());
        row(
                "  row lost with its worker, written later",
                account.history().late().values().stream()
                        .mapToInt(Integer::intValue)
                        .sum());
        account.history().late().forEach((cause, number) -> row("    " + cause, number));
        row("  LATE WITHOUT A CAUSE", account.history().lateWithoutCause().size());
        row("  MISSING", account.history().missing().size());
        row("  TWO ROWS", account.history().twice().size());
        row("slowest answer to a producer, ms", account.slowestAnswerMs());
        row("last job ended after the fire, ms", result.drained().toMillis());
        row("turns without a possible fault", result.quietTurns());
        out.println();
        printRecoveries(account.recoveries());
        printGrowth(result.growth());
        return printPromises(result.promises(plan));
    }

    private void row(String name, long value) {
        out.printf(Locale.ROOT, "%-50s %10d%n", name, value);
    }

    private void printRecoveries(Map<String, Account.Recovery> recoveries) {
        out.printf("%-28s %8s %24s %10s%n", "fault", "number", "work went on in ms, p50", "most");
        recoveries.forEach((kind, recovery) -> out.printf(
                Locale.ROOT,
                "%-28s %8d %24d %10d%n",
                kind,
                recovery.intervals(),
                recovery.medianMs(),
                recovery.mostMs()));
        out.println();
    }

    private void printGrowth(Growth growth) {
        out.printf("%-28s %12s %12s%n", "held", "at first", "in the end");
        both("Redis connections", growth.start().connections(), growth.end().connections());
        both("Redis keys, but for calls", growth.start().keys(), growth.end().keys());
        both(
                "threads, most of a process",
                growth.start().threads(),
                growth.end().threads());
        both(
                "heap, KiB, most of a process",
                growth.start().heap() >> 10,
                growth.end().heap() >> 10);
        out.println();
    }

    private void both(String what, long start, long end) {
        out.printf(Locale.ROOT, "%-28s %12d %12d%n", what, start, end);
    }

    private boolean printPromises(List<Account.Promise> promises) {
        for (Account.Promise promise : promises) {
            out.printf("%-7s %s%n", promise.holds() ? "holds" : "BROKEN", promise.words());
            promise.broken().stream().limit(TOLD).forEach(what -> out.println("          " + what));
            if (promise.broken().size() > TOLD) {
                out.println("          and " + (promise.broken().size() - TOLD) + " more");
            }
        }
        out.flush();
        return promises.stream().allMatch(Account.Promise::holds);
    }
}
