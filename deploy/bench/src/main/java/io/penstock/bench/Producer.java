package io.penstock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The producer process of {@link EndToEnd} and {@link Steady}; its other end is {@link ProducerProcess}. */
final class Producer {

    static final String URL_VARIABLE = "PENSTOCK_BENCH_REDIS";
    /** An order: this word, and how many jobs. */
    static final String AT_ONCE = "at-once";
    /** An order: this word, how many jobs, and how many in a second. */
    static final String PACED = "paced";
    /** The answer to an order, with the CPU time it took. */
    static final String DONE = "done ";

    private Producer() {}

    /**
     * Enqueues what it is told to, until the other end is gone.
     *
     * @param args how many partitions the queue has
     */
    public static void main(String[] args) throws InterruptedException {
        StartUp.once();
        BlockingQueue<String> orders = ordersFromOtherEnd();
        try (Engine engine = new Engine(System.getenv(URL_VARIABLE), 1, Integer.parseInt(args[0]))) {
            BulkProducer atOnce = new BulkProducer(engine);
            PacedProducer paced = new PacedProducer(engine);
            while (true) {
                String[] order = orders.take().split(" ", -1);
                long before = Effort.cpuNanosOfThisProcess();
                if (order[0].equals(PACED)) {
                    paced.produce(Long.parseLong(order[1]), Double.parseDouble(order[2]));
                } else {
                    atOnce.produce(Long.parseLong(order[1]));
                }
                System.out.println(DONE + (Effort.cpuNanosOfThisProcess() - before));
            }
        }
    }

    /** Leaves when the process at the other end does, so that nothing goes on writing behind its back. */
    private static BlockingQueue<String> ordersFromOtherEnd() {
        // The other end waits for each answer before it gives the next order.
        BlockingQueue<String> orders = new LinkedBlockingQueue<>();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        Thread watch = new Thread(
                () -> {
                    try {
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            orders.add(line);
                        }
                    } catch (IOException e) {
                        // The same as the end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-the-measuring-process");
        watch.setDaemon(true);
        watch.start();
        return orders;
    }
}
