package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** What can happen to a worker process from outside. */
final class WorkerFaults {

    static final String KILL = "kill -9 a worker";

    private WorkerFaults() {}

    static List<Fault> of(WorkerSet workers, Random random, Duration lease) {
        return List.of(new Kill(workers, random), new Terminate(workers, random), new Freeze(workers, random, lease));
    }

    private abstract static class OnWorker implements Fault {

        private final WorkerSet workers;
        private final Random random;

        OnWorker(WorkerSet workers, Random random) {
            this.workers = workers;
            this.random = random;
        }

        @Override
        public Duration pause() {
            return Duration.ofSeconds(2);
        }

        @Override
        public final boolean isPossible() {
            return workers.victim(new Random(0)).isPresent();
        }

        @Override
        public final void strike(FaultLog log) {
            Optional<Child> victim = workers.victim(random);
            if (victim.isEmpty()) {
                return;
            }
            Child worker = victim.get();
            workers.struck(worker, true);
            long from = System.currentTimeMillis();
            strike(worker, log);
            log.onWorker(kind(), worker.name(), from, System.currentTimeMillis());
            workers.struck(worker, false);
        }

        abstract void strike(Child worker, FaultLog log);
    }

    /** {@code kill -9}. */
    private static final class Kill extends OnWorker {

        Kill(WorkerSet workers, Random random) {
            super(workers, random);
        }

        @Override
        public String kind() {
            return KILL;
        }

        @Override
        void strike(Child worker, FaultLog log) {
            worker.kill();
        }
    }

    /** SIGTERM: the worker is to let its jobs end, to hand back the rest, and to go. */
    private static final class Terminate extends OnWorker {

        /** Its grace and what a drain may take beyond it. */
        private static final Duration MOST = Duration.ofSeconds(15);

        Terminate(WorkerSet workers, Random random) {
            super(workers, random);
        }

        @Override
        public String kind() {
            return "SIGTERM a worker";
        }

        @Override
        void strike(Child worker, FaultLog log) {
            worker.terminate();
            if (!worker.awaitExit(MOST)) {
                log.surprise(worker.name() + " was told to stop and did not within " + MOST.toSeconds() + " s");
                worker.kill();
            }
        }
    }

    /** SIGSTOP for longer than its lease, then SIGCONT. */
    private static final class Freeze extends OnWorker {

        private final Duration lease;

        Freeze(WorkerSet workers, Random random, Duration lease) {
            super(workers, random);
            this.lease = lease;
        }

        @Override
        public String kind() {
            return "SIGSTOP a worker";
        }

        @Override
        void strike(Child worker, FaultLog log) {
            worker.freeze();
            // Standing still is the fault.
            Pause.of(lease.multipliedBy(3).dividedBy(2));
            worker.thaw();
        }
    }
}
