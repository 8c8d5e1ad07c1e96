package io.penstock.worker.templates;

import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.RowChecks;
import io.penstock.common.templates.bulk.RuledChains.Link;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateRows.Locked;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of holding the items of a chunk to their rules. That was before the transaction: within it, whoever writes one asks whether it was
 * held to what is there now. If not, the chunk is rolled back, and its items are looked at once more, one by one.
 *
 * <p>What is above an item may change at any time. No change looks at what is below it, so that the item might as well have come first.
 */
final class HeldItems {

    private final Map<UUID, Link> links;
    private final IdentityHashMap<TemplateChange, Conflict> conflicts = new IdentityHashMap<>();
    private final IdentityHashMap<TemplateChange, List<TemplateChange>> after = new IdentityHashMap<>();
    private final Set<TemplateChange> ruled = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Set<TemplateChange> open = Collections.newSetFromMap(new IdentityHashMap<>());

    /**
     * Nothing is held yet.
     *
     * @param links what was there
     */
    HeldItems(Map<UUID, Link> links) {
        this.links = links;
    }

    /** Null: there was none. */
    @Nullable
    Link link(UUID id) {
        return links.get(id);
    }

    /**
     * An item has no rules above it and brings none.
     *
     * @param others items that are to be done before it, for that to be so
     */
    void free(TemplateChange item, List<TemplateChange> others) {
        if (!others.isEmpty()) {
            after.put(item, others);
        }
    }

    /**
     * An item was held to rules.
     *
     * @param others items that are to be done before it, for its chain to be what it was held to
     * @param conflict null: nothing stands against it
     */
    void held(TemplateChange item, List<TemplateChange> others, @Nullable Conflict conflict) {
        ruled.add(item);
        after.put(item, others);
        if (conflict != null) {
            conflicts.put(item, conflict);
        }
    }

    /** An item was not held to rules; something else will stand against it, or its chain was just being changed. */
    void cannotBeHeld(TemplateChange item, @Nullable Conflict conflict) {
        open.add(item);
        if (conflict != null) {
            conflicts.put(item, conflict);
        }
    }

    /** One conflict at most. */
    List<Conflict> of(TemplateChange item) {
        Conflict conflict = conflicts.get(item);
        return conflict == null ? List.of() : List.of(conflict);
    }

    /**
     * Before a new template is written.
     *
     * @param hasNewParent whether its parent is made by the same chunk
     */
    void requireNew(TemplateChange item, boolean hasNewParent) {
        UUID parent = RowChecks.id(item.set().path("parentId"));
        if (open.contains(item) || (parent != null && !hasNewParent && !links.containsKey(parent))) {
            throw new RulesOutdatedException();
        }
    }

    /**
     * Before a change is written.
     *
     * @param now what is there
     * @param done items that have been done
     */
    void requireChanged(TemplateChange item, Locked now, Set<TemplateChange> done) {
        Link before = links.get(item.id());
        UUID parent = RowChecks.id(item.set().path("parentId"));
        if (open.contains(item)
                || before == null
                || (parent != null && !links.containsKey(parent))
                || (before.version() != now.version() && mayHaveOtherRules(item, before, now))
                || !done.containsAll(after.getOrDefault(item, List.of()))) {
            throw new RulesOutdatedException();
        }
    }

    private boolean mayHaveOtherRules(TemplateChange item, Link before, Locked now) {
        UUID parent = RowChecks.id(now.content().path("parent_id"));
        return ruled.contains(item) || now.ruled() || !Objects.equals(before.parent(), parent);
    }

    /** Told of an item only where that happened twice. */
    static final class RulesOutdatedException extends RuntimeException {

        RulesOutdatedException() {
            super("its chain was changed while it was held to its rules; try again", null, false, false);
        }
    }
}
