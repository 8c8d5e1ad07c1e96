package io.penstock.bench.chaos;

import java.util.ArrayList;
import java.util.List;

/** What the processes that lived through a run, and the servers, hold at its start and at its end. */
record Growth(State start, State end) {

    /** Vert.x fills two pools of 20 as they are used; a leak of one thread per fault would be many times that. */
    private static final int MORE_THREADS = 40;

    private static final long MORE_HEAP = 16 << 20;
    private static final int MORE_KEYS = 24;
    private static final int MORE_CONNECTIONS = 2;

    /**
     * What is held at a time, without work under way.
     *
     * @param connections of clients to Redis
     * @param threads the most of any process
     * @param heap bytes in use after a collection, the most of any process
     */
    record State(long connections, long keys, int threads, long heap) {

        static State of(Topology topology, List<Child> lasting) {
            List<Child.Vitals> vitals = lasting.stream().map(Child::vitals).toList();
            return new State(
                    topology.connections(),
                    topology.keys(),
                    vitals.stream().mapToInt(Child.Vitals::threads).max().orElse(0),
                    vitals.stream().mapToLong(Child.Vitals::heap).max().orElse(0));
        }
    }

    Account.Promise promise() {
        List<String> grown = new ArrayList<>();
        add(grown, "connections", start.connections(), end.connections(), MORE_CONNECTIONS);
        add(grown, "keys", start.keys(), end.keys(), MORE_KEYS);
        add(grown, "threads", start.threads(), end.threads(), MORE_THREADS);
        add(grown, "heap", start.heap(), end.heap(), MORE_HEAP);
        return new Account.Promise("nothing grows", grown);
    }

    private static void add(List<String> grown, String what, long start, long end, long more) {
        if (end > start + more) {
            grown.add(what + ": " + start + " to " + end);
        }
    }
}
