package io.penstock.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * The processes of a run. A worker that ends is followed by another in its seat. The first seat is spared by all that ends
 * a process, so that there is a worker that has been through every fault of the network and the servers; the second has
 * its clock ten minutes off.
 */
final class WorkerSet implements AutoCloseable {

    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration CLOCK_OFF = Duration.ofMinutes(10);

    private final Plan plan;
    private final Path directory;
    private final FaultLog log;
    private final Map<String, String> environment;
    private final Map<String, String> settings;
    private final List<Seat> seats = new ArrayList<>();
    private final List<Child> producers = new ArrayList<>();
    private volatile boolean closing;

    WorkerSet(Plan plan, Topology topology, String database, Path directory, FaultLog log) {
        this.plan = plan;
        this.directory = directory;
        this.log = log;
        environment = new HashMap<>(topology.address().environment());
        environment.put(WorkTable.URL_VARIABLE, database);
        settings = settings(plan, topology);
    }

    /** What the engines of a run have in common. */
    static Map<String, String> settings(Plan plan, Topology topology) {
        return Map.of(
                "penstock.worker.lease",
                plan.lease().toMillis() + "ms",
                "penstock.worker.drain-grace",
                "1s",
                "penstock.redis.deadline",
                plan.deadline().toMillis() + "ms",
                ChaosEngine.KEEP_PROPERTY,
                String.valueOf(4 * plan.jobs() + 1_000),
                ChaosEngine.STALLS_PROPERTY,
                String.valueOf(plan.maxStalls()),
                ChaosEngine.PARTITIONS_PROPERTY,
                String.valueOf(topology.partitions()));
    }

    void start() {
        for (int number = 0; number < plan.workers(); number++) {
            Seat seat = new Seat(number);
            seats.add(seat);
            seat.fill();
        }
        for (int number = 0; number < plan.producers(); number++) {
            producers.add(newProducer(number));
        }
        producers.forEach(producer -> producer.awaitUp(START));
        seats.forEach(seat -> seat.worker().awaitUp(START));
    }

    private Child newProducer(int number) {
        String name = "p" + number;
        int share = plan.jobs() / plan.producers() + (number < plan.jobs() % plan.producers() ? 1 : 0);
        Child producer = new Child(
                name,
                new Child.Program(System.getProperty("java.class.path"), ProducerProgram.class, settings, environment),
                List.of(
                        name,
                        directory.resolve(Evidence.LEDGER + name).toString(),
                        String.valueOf(plan.seed() + number),
                        String.valueOf(share),
                        String.valueOf(plan.fire().toMillis()),
                        String.valueOf(plan.atOnce())),
                directory.resolve(name + ".log"));
        producer.whenEnded(exitCode -> exited(producer, exitCode));
        return producer;
    }

    private void exited(Child child, int exitCode) {
        if (!closing && !child.isCondemned()) {
            log.surprise(child.name() + " ended by itself, exit code " + exitCode);
        }
    }

    List<Child> producers() {
        return producers;
    }

    /** Workers as they are now, up or not. */
    List<Child> workers() {
        return seats.stream().map(Seat::worker).toList();
    }

    boolean allUp() {
        return workers().stream().allMatch(Child::isUp);
    }

    /** A worker that may be ended or stopped: none while too few would be left. */
    Optional<Child> victim(Random random) {
        List<Child> up = seats.stream()
                .filter(seat -> seat.number > 0 && !seat.struck)
                .map(Seat::worker)
                .filter(worker -> worker.isUp() && !worker.isCondemned())
                .toList();
        boolean enoughLeft = up.size() >= Math.max(1, (seats.size() - 1) / 2);
        return enoughLeft ? Optional.of(up.get(random.nextInt(up.size()))) : Optional.empty();
    }

    /** While a worker is struck no other blow is aimed at it. */
    void struck(Child worker, boolean struck) {
        seats.stream().filter(seat -> seat.worker().equals(worker)).forEach(seat -> seat.struck = struck);
    }

    @Override
    public void close() {
        closing = true;
        List<Child> all = new ArrayList<>(workers());
        all.addAll(producers);
        all.forEach(Child::kill);
    }

    /** A place that is filled again whenever its worker has ended. */
    private final class Seat {

        private final int number;
        private int starts;
        private volatile boolean struck;
        private volatile Child worker;

        @SuppressWarnings("NullAway.Init") // filled before it is used
        Seat(int number) {
            this.number = number;
        }

        Child worker() {
            return worker;
        }

        void fill() {
            boolean old = plan.oldBench().isPresent() && number >= (plan.workers() + 1) / 2;
            String name = "w" + number + "-" + starts++ + (old ? "-old" : "");
            String classPath = old ? plan.oldBench().get().toString() : System.getProperty("java.class.path");
            Child next = new Child(
                    name,
                    new Child.Program(classPath, WorkerProgram.class, settings, environment),
                    List.of(
                            name,
                            directory.resolve(Evidence.JOURNAL + name).toString(),
                            String.valueOf(number == 1 ? CLOCK_OFF.toMillis() : 0),
                            String.valueOf(number == 0)),
                    directory.resolve(name + ".log"));
            worker = next;
            struck = false;
            next.whenEnded(exitCode -> ended(next, exitCode));
        }

        private void ended(Child ended, int exitCode) {
            if (closing) {
                return;
            }
            if (exitCode == WorkerProgram.POISONED) {
                long now = System.currentTimeMillis();
                log.onWorker(PoisonJob.KIND, ended.name(), now, now);
            } else {
                exited(ended, exitCode);
            }
            fill();
        }
    }
}
