package io.penstock.bench.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What was done to a run, in the order in which it ended. For use from any thread. */
public final class FaultLog {

    private final List<Blow> blows = new ArrayList<>();
    private final List<String> surprises = new ArrayList<>();

    /** A blow that hit one worker process. */
    public synchronized void onWorker(String kind, String worker, long fromMs, long toMs) {
        blows.add(new Blow(kind, worker, fromMs, toMs, Blow.Effect.HARM));
    }

    /** A blow that hit everybody while work went on. */
    public synchronized void onAll(String kind, long fromMs, long toMs) {
        blows.add(new Blow(kind, "", fromMs, toMs, Blow.Effect.HARM));
    }

    /** A time in which nothing could be completed. */
    public synchronized void outage(String kind, long fromMs, long toMs) {
        blows.add(new Blow(kind, "", fromMs, toMs, Blow.Effect.OUTAGE));
    }

    /** A time in which the store of jobs was away after a crash. */
    public synchronized void crashOfStore(String kind, long fromMs, long toMs) {
        blows.add(new Blow(kind, "", fromMs, toMs, Blow.Effect.CRASH_OF_STORE));
    }

    /** A time in which nothing could be completed in these partitions of the queue. */
    public synchronized void outage(String kind, long fromMs, long toMs, Set<Integer> partitions) {
        blows.add(new Blow(kind, "", fromMs, toMs, Blow.Effect.OUTAGE, partitions, new Blow.Span(0, toMs)));
    }

    /** Another server took over, with less than the one before it may have acknowledged. */
    synchronized void takeover(String kind, long fromMs, Takeover takeover) {
        blows.add(takeover.blow(kind, fromMs));
    }

    /** Something happened that no fault explains, such as a process that ended by itself. */
    public synchronized void surprise(String what) {
        surprises.add(what);
    }

    synchronized List<Blow> blows() {
        return List.copyOf(blows);
    }

    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }
}
