package io.penstock.bench.chaos;

import io.penstock.bench.Pause;
import io.penstock.common.queue.QueueStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** One run from the first process to the account. */
final class ChaosRun {

    /** For processes to be up again; and when the fire is out, so long may no job end while some are left. */
    private static final Duration DRAIN = Duration.ofSeconds(90);

    private static final Duration LONGEST_DRAIN = Duration.ofMinutes(20);

    /** Beyond what a row waits in its worker, and an end without a worker in Redis. */
    private static final Duration HISTORY_STEADY = Duration.ofSeconds(3);

    /** Jobs of which at least one turn of the comparison takes care. */
    private static final int REPAIR_PAGE = 500;

    private static final Duration SETTLE = Duration.ofSeconds(10);
    private static final Duration STEADY = Duration.ofSeconds(1);

    private final Plan plan;
    private final Topology topology;
    private final Path directory;
    private final Consumer<String> progress;
    private final FaultLog log = new FaultLog();

    /**
     * @param topology the caller closes it
     * @param directory where processes leave what they write down
     * @param progress told what is going on
     */
    ChaosRun(Plan plan, Topology topology, Path directory, Consumer<String> progress) {
        this.plan = plan;
        this.topology = topology;
        this.directory = directory;
        this.progress = progress;
    }

    /** What is known in the end. */
    record Result(Account account, Growth growth, int quietTurns, Duration drained) {

        List<Account.Promise> promises(Plan plan) {
            List<Account.Promise> promises = new ArrayList<>(account.promises(plan.lease(), plan.deadline()));
            promises.add(growth.promise());
            return promises;
        }
    }

    Result perform() {
        WorkerSet.settings(plan, topology).forEach(System::setProperty);
        try (Database database = new Database();
                WorkerSet workers = new WorkerSet(plan, topology, database.address(), directory, log)) {
            Thread whenInterrupted = new Thread(() -> List.of(workers, database).forEach(ChaosRun::end), "end-the-run");
            Runtime.getRuntime().addShutdownHook(whenInterrupted);
            try (ChaosEngine engine = new ChaosEngine(topology.address())) {
                return perform(database, workers, engine);
            } finally {
                forget(whenInterrupted);
            }
        }
    }

    private static void end(AutoCloseable started) {
        try {
            started.close();
        } catch (Exception e) {
            System.err.println("could not end everything: " + e);
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // It is running.
        }
    }

    private Result perform(Database database, WorkerSet workers, ChaosEngine engine) {
        progress.accept("starting " + plan.workers() + " workers and " + plan.producers() + " producers");
        ChaosProducer producer =
                new ChaosProducer("c", engine, new AppendOnlyFile(directory.resolve(Evidence.LEDGER + "c")));
        workers.start();
        warmUp(engine, producer);
        List<Child> lasting = new ArrayList<>(workers.producers());
        lasting.add(workers.workers().get(0));
        Growth.State start = Growth.State.of(topology, lasting);

        progress.accept("under fire for " + plan.fire().toSeconds() + " s");
        Random random = new Random(plan.seed());
        PoisonJob poison = new PoisonJob(producer);
        StubbornJob stubborn = new StubbornJob(engine, producer);
        List<Fault> faults = new ArrayList<>(WorkerFaults.of(workers, random, plan.lease()));
        faults.addAll(topology.faults());
        HostileJobs hostile = new HostileJobs(producer);
        faults.addAll(List.of(stubborn, poison, hostile));
        faults.addAll(database.faults());
        Fire fire = new Fire(faults, random, log);
        workers.producers().forEach(Child::go);
        fire.burn(plan.fire(), plan.every());

        progress.accept("the fire is out, the rest is worked off");
        long out = System.nanoTime();
        awaitEnd(workers, engine);
        Duration drained = Duration.ofNanos(System.nanoTime() - out);
        Until.holds(() -> topology.connections() <= start.connections(), SETTLE);
        Growth growth = new Growth(start, Growth.State.of(topology, lasting));
        return new Result(
                Accountant.account(evidence(database, engine, new Special(poison, stubborn, hostile))),
                growth,
                fire.quietTurns(),
                drained);
    }

    /** Every code path of an enqueue and a run once, so that what is measured afterwards is not the first use. */
    private void warmUp(ChaosEngine engine, ChaosProducer producer) {
        Random random = new Random(0);
        for (int i = 0; i < 10; i++) {
            producer.enqueue(random, 20, 5).join();
        }
        Until.holds(() -> isEmpty(engine), DRAIN);
        awaitSteady();
    }

    /** Connections are made when they are first needed, in other processes; none has been for a while when this returns. */
    private void awaitSteady() {
        AtomicLong seen = new AtomicLong(-1);
        boolean steady = Pause.until(
                () -> {
                    long now = topology.connections();
                    return seen.getAndSet(now) == now;
                },
                STEADY,
                DRAIN);
        if (!steady) {
            throw new ChaosException("connections to Redis still come and go after " + DRAIN.toSeconds() + " s");
        }
    }

    private void awaitEnd(WorkerSet workers, ChaosEngine engine) {
        // As long as jobs end it goes on: how fast that is, is the machine's affair.
        AtomicLong left = new AtomicLong(-1);
        AtomicLong since = new AtomicLong(System.nanoTime());
        BooleanSupplier over =
                () -> workers.allUp() && workers.producers().stream().allMatch(Child::isDone) && isEmpty(engine);
        Until.holds(
                () -> {
                    if (over.getAsBoolean()) {
                        return true;
                    }
                    long now = unfinished(engine);
                    if (now >= 0 && left.getAndSet(now) != now) {
                        since.set(System.nanoTime());
                    }
                    return System.nanoTime() - since.get() > DRAIN.toNanos();
                },
                LONGEST_DRAIN);
        if (!Until.holds(over, SETTLE)) {
            log.surprise("it is not over: what is told is read while jobs go on");
            workers.producers().stream()
                    .filter(producer -> !producer.isDone())
                    .forEach(producer -> log.surprise(producer.name() + " has not got all its jobs accepted"));
        }
    }

    private static boolean isEmpty(ChaosEngine engine) {
        return unfinished(engine) == 0;
    }

    /** Negative: not answered. */
    private static long unfinished(ChaosEngine engine) {
        try {
            QueueStatus status = engine.queue()
                    .status(ChaosJob.QUEUE)
                    .await()
                    .atMost(engine.deadline().multipliedBy(2));
            return status.waiting() + status.active() + status.scheduled();
        } catch (RuntimeException e) {
            // Asked again.
            return -1;
        }
    }

    /** Jobs that are not expected to do their work. */
    private record Special(PoisonJob poison, StubbornJob stubborn, HostileJobs hostile) {}

    private Evidence evidence(Database database, ChaosEngine engine, Special special) {
        List<Evidence.Enqueue> enqueues = Evidence.ledgers(directory);
        Map<String, Evidence.FinalState> finalStates = FinalStates.of(
                engine,
                enqueues.stream()
                        .map(Evidence.Enqueue::id)
                        .filter(id -> !id.equals(Evidence.NO_ID))
                        .toList());
        // What was done comes first: a worker that was stopped has noticed that, too.
        List<FaultInterval> intervals = new ArrayList<>(log.intervals());
        intervals.addAll(topology.intervals());
        intervals.addAll(Evidence.standstills(directory));
        try (AppendOnlyFile faults = new AppendOnlyFile(directory.resolve("faults"))) {
            intervals.forEach(faults::write);
        }
        return new Evidence(
                enqueues,
                Evidence.journals(directory),
                finalStates,
                database.tags(),
                Set.copyOf(special.poison().tags()),
                Set.copyOf(special.stubborn().tags()),
                Set.copyOf(special.hostile().tags()),
                history(database, engine, enqueues.size()),
                intervals,
                log.surprises(),
                plan.lease(),
                plan.deadline(),
                topology.mayForgetMs(),
                topology.partitions());
    }

    /** Once no worker adds to it any more. */
    private Evidence.History history(Database database, ChaosEngine engine, int jobs) {
        AtomicLong seen = new AtomicLong(-1);
        // Nobody tells when the last worker has written its last row. Ends without a worker are taken once a second.
        Pause.until(
                () -> {
                    long rows = database.historyOfEnds().size();
                    return seen.getAndSet(rows) == rows;
                },
                HISTORY_STEADY,
                DRAIN);
        Map<String, List<String>> written = database.historyOfEnds();
        try (ChaosHistory history = new ChaosHistory(engine.vertx(), database.address())) {
            history.repair(engine, jobs / REPAIR_PAGE + 2);
        }
        return new Evidence.History(written, database.historyOfEnds());
    }

    /** A new directory for what one run writes. */
    static Path newDirectory() {
        try {
            return Files.createTempDirectory("penstock-chaos");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
