package io.penstock.bench.chaos;

import io.penstock.bench.StartUp;
import io.penstock.common.loop.EventLoopContext;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * One producer process of a run: enqueues jobs evenly over the time it is given, until as many have been accepted as it
 * was told, and writes down what became of each call. A call that failed is
 * repeated where it has an idempotency key; else another job takes its place.
 */
public final class ProducerProgram {

    private static final long TURN_MS = 20;
    /** Whoever is told no does not ask again at once. */
    private static final Duration AFTER_A_FAILURE = Duration.ofMillis(100);

    private static final Duration CONNECT = Duration.ofSeconds(30);

    private static final int SHORTEST_MS = 2;
    private static final int LONGEST_MS = 120;

    private final ChaosProducer producer;
    private final EventLoopContext context;
    private final Random random;
    private final int jobs;
    private final long spreadNanos;
    private final int atOnce;
    private long begin;
    private long notBeforeNanos = System.nanoTime();
    private int accepted;
    private int underWay;
    private boolean done;

    private ProducerProgram(
            ChaosProducer producer, EventLoopContext context, long seed, int jobs, Duration spread, int atOnce) {
        this.producer = producer;
        this.context = context;
        this.random = new Random(seed);
        this.jobs = jobs;
        this.spreadNanos = spread.toNanos();
        this.atOnce = atOnce;
    }

    /**
     * Produces when it is told to go.
     *
     * @param args name of the producer, its ledger's file, seed, how many jobs, over how many ms, how many under way at once
     */
    public static void main(String[] args) {
        StartUp.once();
        ChaosEngine engine = new ChaosEngine(RedisAddress.fromEnvironment());
        ChaosProducer producer = new ChaosProducer(args[0], engine, new AppendOnlyFile(Path.of(args[1])));
        EventLoopContext context = engine.newContext();
        ProducerProgram program = new ProducerProgram(
                producer,
                context,
                Long.parseLong(args[2]),
                Integer.parseInt(args[3]),
                Duration.ofMillis(Long.parseLong(args[4])),
                Integer.parseInt(args[5]));
        Supervisor.tie(() -> context.runOnContext(turn -> program.start()));
        // Connected before it is up, which may take its time while everything starts.
        engine.queue()
                .status(ChaosJob.QUEUE)
                .onFailure()
                .retry()
                .withBackOff(engine.deadline().dividedBy(10))
                .expireIn(CONNECT.toMillis())
                .await()
                .atMost(CONNECT.plus(engine.deadline()));
        Supervisor.say(Supervisor.UP);
    }

    private void start() {
        begin = System.nanoTime();
        context.setPeriodic(TURN_MS, timer -> turn(timer));
    }

    private void turn(long timer) {
        if (done) {
            context.cancelTimer(timer);
            return;
        }
        if (System.nanoTime() - notBeforeNanos < 0) {
            return;
        }
        double passed = (double) (System.nanoTime() - begin) / spreadNanos;
        long due = Math.min(jobs, (long) Math.ceil(passed * jobs));
        while (accepted + underWay < due && underWay < atOnce) {
            int size = random.nextInt(8) == 0 ? (int) Math.min(10, due - accepted - underWay) : 1;
            underWay += size;
            CompletableFuture<Void> unused = producer.enqueue(
                            random, size, SHORTEST_MS + random.nextInt(LONGEST_MS - SHORTEST_MS))
                    .thenAccept(taken -> context.execute(() -> answered(size, taken)));
        }
    }

    private void answered(int size, int taken) {
        underWay -= size;
        if (taken == 0) {
            notBeforeNanos = System.nanoTime() + AFTER_A_FAILURE.toNanos();
        }
        accepted += taken;
        if (accepted >= jobs && !done) {
            done = true;
            Supervisor.say(Supervisor.DONE);
        }
    }

    static long elapsedMs(long fromNanos) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - fromNanos);
    }
}
