package io.penstock.bench;

import java.util.concurrent.BlockingQueue;

/** The producer process of {@link EndToEnd} and {@link Steady}; its other end is {@link ProducerProcess}. */
final class Producer {

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
        BlockingQueue<String> orders = LineOrders.fromOtherEnd();
        try (Engine engine = new Engine(System.getenv(LineProcess.URL_VARIABLE), 1, Integer.parseInt(args[0]))) {
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
}
