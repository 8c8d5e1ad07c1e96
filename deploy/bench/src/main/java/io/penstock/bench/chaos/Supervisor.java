package io.penstock.bench.chaos;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;

/**
 * What ties a process of the run to the one that started it: it answers questions that come as lines, and ends at once
 * when there is nobody left to ask them.
 */
final class Supervisor {

    static final String GO = "go";
    static final String HOW_ARE_YOU = "how-are-you";

    /** Said when the process is ready. */
    static final String UP = "up";
    /** Said by a producer whose jobs are all accepted. */
    static final String DONE = "done";
    /** Said with threads and bytes of heap in use after a collection. */
    static final String VITALS = "vitals ";

    private Supervisor() {}

    static void say(String line) {
        System.out.println(line);
        System.out.flush();
    }

    /** @param onGo called when the process is told to go */
    static void tie(Runnable onGo) {
        // It alone keeps the process alive: an event loop has no thread before it is used.
        new Thread(() -> listen(onGo), "leash").start();
    }

    private static void listen(Runnable onGo) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                if (line.equals(GO)) {
                    onGo.run();
                } else if (line.equals(HOW_ARE_YOU)) {
                    say(VITALS + vitals());
                }
            }
        } catch (IOException e) {
            // The same as the end.
        }
        Runtime.getRuntime().halt(1);
    }

    private static String vitals() {
        System.gc();
        return ManagementFactory.getThreadMXBean().getThreadCount() + " "
                + ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
