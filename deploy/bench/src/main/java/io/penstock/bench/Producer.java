package io.penstock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** The producer process of {@link EndToEnd}; its other end is {@link ProducerProcess}. */
final class Producer {

    static final String URL_VARIABLE = "PENSTOCK_BENCH_REDIS";
    static final String WARM = "warm";
    static final String DONE = "done ";

    private Producer() {}

    /**
     * Enqueues the warm-up jobs, waits for a line, enqueues the measured jobs.
     *
     * @param args how many warm-up jobs, how many jobs
     */
    public static void main(String[] args) throws IOException {
        StartUp.once();
        try (Engine engine = new Engine(System.getenv(URL_VARIABLE), 1)) {
            BulkProducer producer = new BulkProducer(engine);
            producer.produce(Long.parseLong(args[0]));
            System.out.println(WARM);
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            if (in.readLine() == null) {
                return;
            }
            endWith(in);
            long before = Effort.cpuNanosOfThisProcess();
            producer.produce(Long.parseLong(args[1]));
            System.out.println(DONE + (Effort.cpuNanosOfThisProcess() - before));
        }
    }

    /** Leaves when the process at the other end does, so that nothing goes on writing behind its back. */
    private static void endWith(BufferedReader in) {
        Thread watch = new Thread(
                () -> {
                    try {
                        while (in.readLine() != null) {
                            // Nothing more is expected.
                        }
                    } catch (IOException e) {
                        // The same as the end.
                    }
                    Runtime.getRuntime().halt(1);
                },
                "end-with-the-measuring-process");
        watch.setDaemon(true);
        watch.start();
    }
}
