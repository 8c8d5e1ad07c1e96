package io.penstock.common.outbox;

import io.penstock.common.queue.OnceQueue.Marked;
import io.penstock.common.queue.QueuePlace;
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
final class Convoy {

    /** Bounds how long one load holds the queue up: about a millisecond. */
    static final int LOAD_ROWS = 200;

    /** UTF-16 characters of payloads in one load. */
    static final long LOAD_CHARACTERS = 1_000_000;

    /** A row with its job and where that belongs. */
    record Cargo(long id, @Nullable String orderingKey, Marked job, QueuePlace place) {}

    private final List<Map<QueuePlace, Load>> waves = new ArrayList<>();
    private final Map<String, Integer> lastWaveOfKey = new HashMap<>();
    private final Map<String, QueuePlace> lastPlaceOfKey = new HashMap<>();

    private static final class Load {
        private final List<Cargo> rows = new ArrayList<>();
        private long characters;

        boolean hasRoomFor(Cargo cargo) {
            return rows.isEmpty() || (rows.size() < LOAD_ROWS && characters + size(cargo) <= LOAD_CHARACTERS);
        }

        void add(Cargo cargo) {
            rows.add(cargo);
            characters += size(cargo);
        }

        private static long size(Cargo cargo) {
            return cargo.job().job().payload().length();
        }
    }

    /** @param rows in the order in which those of one key have to arrive */
    static List<Map<QueuePlace, List<Cargo>>> of(List<Cargo> rows) {
        Convoy convoy = new Convoy();
        rows.forEach(convoy::add);
        return convoy.waves.stream().map(Convoy::loads).toList();
    }

    private static Map<QueuePlace, List<Cargo>> loads(Map<QueuePlace, Load> wave) {
        Map<QueuePlace, List<Cargo>> loads = new LinkedHashMap<>();
        wave.forEach((place, load) -> loads.put(place, load.rows));
        return loads;
    }

    private void add(Cargo cargo) {
        int wave = earliestWave(cargo);
        while (!load(wave, cargo.place()).hasRoomFor(cargo)) {
            wave++;
        }
        load(wave, cargo.place()).add(cargo);
        if (cargo.orderingKey() != null) {
            lastWaveOfKey.put(cargo.orderingKey(), wave);
            lastPlaceOfKey.put(cargo.orderingKey(), cargo.place());
        }
    }

    private int earliestWave(Cargo cargo) {
        if (cargo.orderingKey() == null) {
            return 0;
        }
        Integer last = lastWaveOfKey.get(cargo.orderingKey());
        if (last == null) {
            return 0;
        }
        return cargo.place().equals(lastPlaceOfKey.get(cargo.orderingKey())) ? last : last + 1;
    }

    private Load load(int wave, QueuePlace place) {
        while (waves.size() <= wave) {
            waves.add(new LinkedHashMap<>());
        }
        return waves.get(wave).computeIfAbsent(place, unused -> new Load());
    }
}
