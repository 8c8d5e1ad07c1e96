package io.penstock.local;

import java.io.PrintStream;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/**
 * Notices when a process dies. A process of Penstock is started again, so that one can kill a worker and watch another
 * take its jobs over; one that keeps dying ends the run, and so does a server that dies.
 */
final class Supervisor {

    private final Teardown teardown;
    private final PrintStream out;
    private final InstantSource clock = InstantSource.system();
    private final CompletableFuture<String> failure = new CompletableFuture<>();

    Supervisor(Teardown teardown, PrintStream out) {
        this.teardown = teardown;
        this.out = out;
    }

    void watch(ChildProcess server) {
        onDeath(server, () -> fail(server.obituary()));
    }

    void keepRunning(RunningDeployable deployable) {
        keepRunning(deployable, new RestartLimit(RestartLimit.USUAL));
    }

    private void keepRunning(RunningDeployable deployable, RestartLimit limit) {
        ChildProcess process = deployable.process();
        onDeath(process, () -> {
            if (!limit.allowsAfterDeathAt(clock.instant())) {
                fail(process.obituary());
                return;
            }
            out.printf("%n%s", process.obituary());
            deployable.startAgain();
            out.printf(
                    "%s started again, process %d%n",
                    deployable.process().name(), deployable.process().pid());
            keepRunning(deployable, limit);
        });
    }

    /** Does nothing when the process ends because the run does. */
    private void onDeath(ChildProcess process, Runnable then) {
        process.onExit(() -> {
            if (teardown.isStopping()) {
                return;
            }
            try {
                then.run();
            } catch (LaunchException e) {
                fail(String.valueOf(e.getMessage()));
            }
        });
    }

    private void fail(String why) {
        failure.complete(why);
    }

    /** Fails when the run has become pointless. */
    void check() {
        String why = failure.getNow(null);
        if (why != null) {
            throw new LaunchException(why);
        }
    }

    /** Waits until the run has become pointless, and fails then. */
    void awaitFailure() {
        try {
            throw new LaunchException(failure.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LaunchException("Interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a failure is a text", e);
        }
    }
}
