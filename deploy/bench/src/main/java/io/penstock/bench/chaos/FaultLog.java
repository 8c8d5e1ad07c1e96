package io.penstock.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What was done to a run, in the order in which it ended. For use from any thread. */
public final class FaultLog {

    private final List<FaultInterval> intervals = new ArrayList<>();
    private final List<String> surprises = new ArrayList<>();

    /** A blow that hit one worker process. */
    public synchronized void onWorker(String kind, String worker, long fromMs, long toMs) {
        intervals.add(new FaultInterval(kind, worker, fromMs, toMs, FaultInterval.Effect.HARM));
    }

    /** A blow that hit everybody while work went on. */
    public synchronized void onAll(String kind, long fromMs, long toMs) {
        intervals.add(new FaultInterval(kind, "", fromMs, toMs, FaultInterval.Effect.HARM));
    }

    /** A time in which nothing could be completed. */
    public synchronized void outage(String kind, long fromMs, long toMs) {
        intervals.add(new FaultInterval(kind, "", fromMs, toMs, FaultInterval.Effect.OUTAGE));
    }

    /** A time in which the store of jobs was away after a crash. */
    public synchronized void crashOfStore(String kind, long fromMs, long toMs) {
        intervals.add(new FaultInterval(kind, "", fromMs, toMs, FaultInterval.Effect.CRASH_OF_STORE));
    }

    /** A time in which nothing could be completed in these partitions of the queue. */
    public synchronized void outage(String kind, long fromMs, long toMs, Set<Integer> partitions) {
        intervals.add(new FaultInterval(
                kind, "", fromMs, toMs, FaultInterval.Effect.OUTAGE, partitions, new FaultInterval.Span(0, toMs)));
    }

    /** Another server took over, with less than the one before it may have acknowledged. */
    synchronized void takeover(String kind, long fromMs, Takeover takeover) {
        intervals.add(takeover.interval(kind, fromMs));
    }

    /** Something happened that no fault explains, such as a process that ended by itself. */
    public synchronized void surprise(String what) {
        surprises.add(what);
    }

    synchronized List<FaultInterval> intervals() {
        return List.copyOf(intervals);
    }

    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }
}
