package io.penstock.worker.templates;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.templates.PropertyRules;
import io.penstock.common.templates.RuleSet.Strictness;
import io.penstock.common.templates.bulk.Conflict;
import io.penstock.common.templates.bulk.ParentChanges;
import io.penstock.common.templates.bulk.RowChecks;
import io.penstock.common.templates.bulk.RuledChains;
import io.penstock.common.templates.bulk.RuledChains.Content;
import io.penstock.common.templates.bulk.RuledChains.Link;
import io.penstock.common.templates.bulk.TemplateBatches;
import io.penstock.common.templates.bulk.TemplateChange;
import io.penstock.common.templates.bulk.TemplateField;
import io.penstock.worker.batch.ItemContext;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Holds the templates of a chunk to their rules, as single writes do, but before the transaction of the chunk opens: patterns take time, and
 * locks are not held for so long. Each is held to what its chain will be once the items before it are done. Where no chain has rules it
 * costs one look at the chains; where new templates have neither parents nor rules, nothing.
 */
@ApplicationScoped
class ChunkRules {

    /** So many whole templates, with all above them, are in memory at once. */
    private static final int AT_ONCE = 25;

    private static final String PARENT = TemplateField.PARENT_ID.json();
    private static final String RULES = TemplateField.VALIDATION_RULES.json();

    private final RuledChains chains;

    @Inject
    ChunkRules(RuledChains chains) {
        this.chains = chains;
    }

    /**
     * A template as it will be.
     *
     * @param parent null: none
     * @param by what items of the chunk put into it, in their order
     */
    private record Planned(@Nullable UUID parent, boolean ruled, List<TemplateChange> by) {

        static final Planned NEW = new Planned(null, false, List.of());

        static @Nullable Planned of(@Nullable Link link) {
            return link == null ? null : new Planned(link.parent(), link.ruled(), List.of());
        }

        Planned changedBy(TemplateChange item) {
            List<TemplateChange> all = new ArrayList<>(by);
            all.add(item);
            JsonNode set = item.set();
            return new Planned(
                    set.has(PARENT) ? parentOf(item) : parent,
                    set.has(RULES) ? !set.path(RULES).isEmpty() : ruled,
                    all);
        }
    }

    /**
     * A template that is to be held to rules.
     *
     * @param chain itself first
     */
    private record Check(TemplateChange item, Map<UUID, Planned> chain) {}

    /** Null also where it is no id: such an item is refused for that. */
    private static @Nullable UUID parentOf(TemplateChange item) {
        try {
            return RowChecks.id(item.set().path(PARENT));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    Uni<HeldItems> ofNew(List<TemplateChange> items, ItemContext context) {
        Set<UUID> asked = new HashSet<>(parentsOf(items));
        items.forEach(item -> asked.remove(item.id()));
        return hold(items, asked, Planned.NEW, context);
    }

    Uni<HeldItems> ofChanges(List<TemplateChange> items, ItemContext context) {
        Set<UUID> asked = new HashSet<>(parentsOf(items));
        items.forEach(item -> asked.add(item.id()));
        return hold(items, asked, null, context);
    }

    private static List<UUID> parentsOf(List<TemplateChange> items) {
        return items.stream().map(ChunkRules::parentOf).filter(Objects::nonNull).toList();
    }

    /**
     * Finds out about items.
     *
     * @param unknown what a template is that is not there; null: nothing that can be changed
     */
    private Uni<HeldItems> hold(
            List<TemplateChange> items, Set<UUID> asked, @Nullable Planned unknown, ItemContext context) {
        String tenant = Objects.requireNonNull(context.tenant(), "a batch of templates has a tenant");
        Strictness strictness = Strictness.ofWire(context.config().getString(TemplateBatches.VALIDATION, ""))
                .orElse(Strictness.STRICT);
        return chains.links(tenant, asked).chain(links -> {
            HeldItems held = new HeldItems(links);
            List<Check> checks = checks(items, unknown, held);
            Uni<Void> all = Uni.createFrom().voidItem();
            for (int from = 0; from < checks.size(); from += AT_ONCE) {
                List<Check> some = checks.subList(from, Math.min(checks.size(), from + AT_ONCE));
                all = all.chain(() -> check(tenant, some, held, strictness));
            }
            return all.replaceWith(held);
        });
    }

    private static List<Check> checks(List<TemplateChange> items, @Nullable Planned unknown, HeldItems held) {
        List<Check> checks = new ArrayList<>();
        Map<UUID, Planned> planned = new HashMap<>();
        for (TemplateChange item : items) {
            Planned before = planned.get(item.id());
            if (before == null) {
                before = unknown == null ? Planned.of(held.link(item.id())) : unknown;
            }
            if (before == null) {
                continue;
            }
            planned.put(item.id(), before.changedBy(item));
            Map<UUID, Planned> chain = new LinkedHashMap<>();
            UUID at = item.id();
            while (at != null) {
                Planned next = planned.containsKey(at) ? planned.get(at) : Planned.of(held.link(at));
                if (next == null || chain.containsKey(at) || chain.size() == ParentChanges.MAX_LEVELS) {
                    break;
                }
                chain.put(at, next);
                at = next.parent();
            }
            if (at != null) {
                held.cannotBeHeld(item, endless(item, chain, at));
            } else if (chain.values().stream().anyMatch(Planned::ruled)) {
                checks.add(new Check(item, chain));
            } else {
                held.free(item, others(item, chain));
            }
        }
        return checks;
    }

    @SuppressWarnings("ReferenceEquality") // A chunk may hold two items that say the same.
    private static List<TemplateChange> others(TemplateChange item, Map<UUID, Planned> chain) {
        return chain.values().stream()
                .flatMap(each -> each.by().stream())
                .filter(one -> one != item)
                .toList();
    }

    /** What is stored is wrong; null: the item brings it about, or another of the chunk, and is told of it where parents are looked at. */
    private static @Nullable Conflict endless(TemplateChange item, Map<UUID, Planned> chain, UUID at) {
        if (item.set().has(PARENT) || !others(item, chain).isEmpty()) {
            return null;
        }
        List<String> names = new ArrayList<>();
        chain.keySet().forEach(id -> names.add(id.toString()));
        names.add(at.toString());
        return Conflict.integrity(
                (chain.containsKey(at)
                                ? "the parents make a circle: "
                                : "the chain has more than " + ParentChanges.MAX_LEVELS + " levels: ")
                        + String.join(" -> ", names),
                PARENT);
    }

    private Uni<Void> check(String tenant, List<Check> checks, HeldItems held, Strictness strictness) {
        Set<UUID> stored = new HashSet<>();
        checks.forEach(check -> stored.addAll(check.chain().keySet()));
        stored.removeIf(id -> held.link(id) == null);
        Context context = Vertx.currentContext();
        Uni<Void> checked = chains.contents(tenant, stored).chain(contents -> Uni.createFrom()
                .<Void>item(() -> {
                    checks.forEach(check -> check(check, contents, held, strictness));
                    return null;
                })
                .runSubscriptionOn(Infrastructure.getDefaultWorkerPool()));
        return context == null ? checked : checked.emitOn(command -> context.runOnContext(turn -> command.run()));
    }

    private static void check(Check check, Map<UUID, Content> contents, HeldItems held, Strictness strictness) {
        TemplateChange item = check.item();
        List<ObjectNode> chain = new ArrayList<>();
        for (Map.Entry<UUID, Planned> each : check.chain().entrySet()) {
            Content content = contents.get(each.getKey());
            Link link = held.link(each.getKey());
            List<TemplateChange> by = each.getValue().by();
            boolean isFaulty =
                    by.stream().anyMatch(one -> !TemplateField.faults(one.set()).isEmpty());
            boolean hasGone = link != null && content == null;
            boolean hasChanged =
                    link != null && content != null && content.version() != link.version() && !by.isEmpty();
            if (isFaulty || hasGone || hasChanged) {
                held.cannotBeHeld(item, null);
                return;
            }
            ObjectNode row = content == null
                    ? JsonNodeFactory.instance
                            .objectNode()
                            .put("id", each.getKey().toString())
                    : by.isEmpty() ? content.row() : content.row().deepCopy();
            by.forEach(one -> RowChecks.put(row, one.set()));
            chain.add(0, row);
        }
        held.held(
                item,
                others(item, check.chain()),
                PropertyRules.conflict(item.set(), chain, strictness).orElse(null));
    }
}
