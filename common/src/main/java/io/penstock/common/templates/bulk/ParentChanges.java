package io.penstock.common.templates.bulk;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Parents as they would be if some were changed: finds circles, and chains that are too long. Pure.
 */
public final class ParentChanges {

    /** Templates of one chain, itself included. */
    public static final int MAX_LEVELS = 10;

    /** Null: no parent. */
    private final Map<UUID, @Nullable UUID> proposed = new LinkedHashMap<>();

    private final Map<UUID, @Nullable UUID> known;

    /**
     * Begins with what is stored.
     *
     * @param known the parent of each template that a chain can lead through
     */
    public ParentChanges(Map<UUID, @Nullable UUID> known) {
        this.known = new HashMap<>(known);
    }

    public void propose(UUID id, @Nullable UUID parent) {
        proposed.put(id, parent);
    }

    /** As if nothing had been proposed for it. */
    public void withdraw(UUID id) {
        proposed.remove(id);
    }

    private @Nullable UUID parentOf(UUID id) {
        return proposed.containsKey(id) ? proposed.get(id) : known.get(id);
    }

    /** The chain from a template upwards that comes back to it or to itself, each id with the first again at the end; empty: none. */
    public List<UUID> circleOf(UUID id) {
        Map<UUID, Integer> place = new HashMap<>();
        List<UUID> chain = new ArrayList<>();
        for (UUID at = id; at != null; at = parentOf(at)) {
            Integer before = place.putIfAbsent(at, chain.size());
            chain.add(at);
            if (before != null) {
                return chain.subList(before, chain.size());
            }
        }
        return List.of();
    }

    /** How many templates are above one; fails where there is a circle. */
    public int depthOf(UUID id) {
        int depth = 0;
        for (UUID at = parentOf(id); at != null; at = parentOf(at)) {
            if (++depth > proposed.size() + known.size()) {
                throw new IllegalStateException("a circle of parents");
            }
        }
        return depth;
    }

    /** Every circle among what is proposed, each once. */
    public List<List<UUID>> circles() {
        List<List<UUID>> all = new ArrayList<>();
        Map<UUID, Boolean> seen = new HashMap<>();
        for (UUID id : proposed.keySet()) {
            List<UUID> circle = circleOf(id);
            if (!circle.isEmpty() && circle.stream().noneMatch(seen::containsKey)) {
                circle.forEach(member -> seen.put(member, true));
                all.add(List.copyOf(circle));
            }
        }
        return all;
    }

    /**
     * Sorts what refers to one another so that parents come first. Ids whose parent is not among them keep their order.
     *
     * @param parent null: none
     * @return empty where there is a circle
     */
    public static <T> Optional<List<T>> parentsFirst(
            List<T> items, Function<T, UUID> id, Function<T, @Nullable UUID> parent) {
        Map<UUID, T> byId = new LinkedHashMap<>();
        items.forEach(item -> byId.put(id.apply(item), item));
        Map<UUID, Integer> levels = new HashMap<>();
        List<List<T>> byLevel = new ArrayList<>();
        for (T item : items) {
            List<UUID> open = new ArrayList<>();
            UUID at = id.apply(item);
            while (at != null && byId.containsKey(at) && !levels.containsKey(at)) {
                if (open.contains(at)) {
                    return Optional.empty();
                }
                open.add(at);
                T there = byId.get(at);
                at = there == null ? null : parent.apply(there);
            }
            int level = at == null ? 0 : levels.getOrDefault(at, -1) + 1;
            for (int i = open.size() - 1; i >= 0; i--) {
                levels.put(open.get(i), level++);
            }
        }
        for (T item : items) {
            int level = levels.getOrDefault(id.apply(item), 0);
            while (byLevel.size() <= level) {
                byLevel.add(new ArrayList<>());
            }
            byLevel.get(level).add(item);
        }
        return Optional.of(byLevel.stream().flatMap(List::stream).toList());
    }
}
