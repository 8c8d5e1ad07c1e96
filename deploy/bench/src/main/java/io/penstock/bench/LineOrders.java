package io.penstock.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What a program of the benchmarks is told by the process that started it, see {@link LineProcess}. */
public final class LineOrders {

    private LineOrders() {}

    /** Leaves when the process at the other end does, so that nothing goes on writing behind its back. */
    public static BlockingQueue<String> fromOtherEnd() {
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
