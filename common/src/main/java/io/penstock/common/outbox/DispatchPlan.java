package io.penstock.common.outbox;

import io.penstock.common.queue.IdempotentEnqueue.Keyed;
import io.penstock.common.queue.QueuePartition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lines rows up for their hand-over: in waves, one after the other, each with at most one load per place. A load is
 * accepted in the order of its rows, the loads of a wave side by side. So two rows of one ordering key are in the same
 * load, or the later one is in a later wave.
 */
final class DispatchPlan {

    /** Bounds how long one load holds the queue up: about a millisecond. */
    static final int LOAD_ROWS = 200;

    /** UTF-16 characters of payloads in one load. */
    static final long LOAD_CHARACTERS = 1_000_000;

    /** A row with its job and where that belongs. */
    record Entry(long id, @Nullable String orderingKey, Keyed job, QueuePartition place) {}

    private final List<Map<QueuePartition, Load>> stages = new ArrayList<>();
    private final Map<String, Integer> lastStageOfKey = new HashMap<>();
    private final Map<String, QueuePartition> lastPartitionOfKey = new HashMap<>();

    private static final class Load {
        private final List<Entry> rows = new ArrayList<>();
        private long characters;

        boolean hasRoomFor(Entry entry) {
            return rows.isEmpty() || (rows.size() < LOAD_ROWS && characters + size(entry) <= LOAD_CHARACTERS);
        }

        void add(Entry entry) {
            rows.add(entry);
            characters += size(entry);
        }

        private static long size(Entry entry) {
            return entry.job().job().payload().length();
        }
    }

    /** @param rows in the order in which those of one key have to arrive */
    static List<Map<QueuePartition, List<Entry>>> of(List<Entry> rows) {
        DispatchPlan plan = new DispatchPlan();
        rows.forEach(plan::add);
        return plan.stages.stream().map(DispatchPlan::loads).toList();
    }

    private static Map<QueuePartition, List<Entry>> loads(Map<QueuePartition, Load> stage) {
        Map<QueuePartition, List<Entry>> loads = new LinkedHashMap<>();
        stage.forEach((place, load) -> loads.put(place, load.rows));
        return loads;
    }

    private void add(Entry entry) {
        int stage = earliestWave(entry);
        while (!load(stage, entry.place()).hasRoomFor(entry)) {
            stage++;
        }
        load(stage, entry.place()).add(entry);
        if (entry.orderingKey() != null) {
            lastStageOfKey.put(entry.orderingKey(), stage);
            lastPartitionOfKey.put(entry.orderingKey(), entry.place());
        }
    }

    private int earliestWave(Entry entry) {
        if (entry.orderingKey() == null) {
            return 0;
        }
        Integer last = lastStageOfKey.get(entry.orderingKey());
        if (last == null) {
            return 0;
        }
        return entry.place().equals(lastPartitionOfKey.get(entry.orderingKey())) ? last : last + 1;
    }

    private Load load(int stage, QueuePartition place) {
        while (stages.size() <= stage) {
            stages.add(new LinkedHashMap<>());
        }
        return stages.get(stage).computeIfAbsent(place, unused -> new Load());
    }
}
