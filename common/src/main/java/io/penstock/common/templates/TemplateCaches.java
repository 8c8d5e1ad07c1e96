package io.penstock.common.templates;

import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.CacheSource;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.TieredCaches;
import io.penstock.common.cache.Ttl;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Keeps templates with what they inherit, and the pages that searches found. Whoever changes templates says so here: they, all that inherit
 * from them, and the tenant's pages are forgotten in every process.
 */
@ApplicationScoped
public class TemplateCaches implements CacheSource {

    public static final String VIEWS = "templates";
    public static final String PAGES = "template-searches";

    /** A template of a tenant. */
    @RegisterForReflection
    public record Key(String tenant, UUID id) {}

    private final TemplateReads reads;
    private final TemplateSearch search;
    private final Instance<TieredCaches> caches;

    @Inject
    public TemplateCaches(TemplateReads reads, TemplateSearch search, Instance<TieredCaches> caches) {
        this.reads = reads;
        this.search = search;
        this.caches = caches;
    }

    @Override
    public List<CacheDefinition<?, ?>> caches() {
        return List.of(
                CacheDefinition.of(
                                VIEWS,
                                Key.class,
                                TemplateView.class,
                                Ttl.API_RESPONSE,
                                "api:template:",
                                key -> CacheKeys.key(
                                        "api",
                                        "template",
                                        key.tenant(),
                                        key.id().toString()),
                                key -> reads.view(key.tenant(), key.id()))
                        .warmedUpBy(search::mostUsed),
                CacheDefinition.of(
                                PAGES,
                                TemplateQuery.class,
                                TemplatePage.class,
                                Ttl.API_RESPONSE,
                                "search:template:",
                                query -> CacheKeys.key("search", "template", query.tenant(), query.asText()),
                                query -> search.page(query).map(page -> page))
                        .taggedBy(query -> Set.of(tagOf(query.tenant()))));
    }

    private static String tagOf(String tenant) {
        return "templates " + tenant;
    }

    /** A template with what it inherits; null: the tenant has none of this id. */
    public Uni<@Nullable TemplateView> view(String tenant, UUID id) {
        return this.<Key, TemplateView>cache(VIEWS).get(new Key(tenant, id));
    }

    public Uni<@Nullable TemplatePage> page(TemplateQuery query) {
        return this.<TemplateQuery, TemplatePage>cache(PAGES).get(query);
    }

    /**
     * After templates were changed, and that is committed.
     *
     * @param ids those whose content changed; empty where some were only added
     */
    public Uni<Void> changed(String tenant, Collection<UUID> ids) {
        return (ids.isEmpty() ? Uni.createFrom().<List<UUID>>item(List.of()) : reads.withAllBelow(tenant, ids))
                .chain(below -> {
                    // One that was deleted is not found any more.
                    Set<UUID> all = new LinkedHashSet<>(ids);
                    all.addAll(below);
                    return this.<Key, TemplateView>cache(VIEWS)
                            .invalidateAll(
                                    all.stream().map(id -> new Key(tenant, id)).toList());
                })
                .chain(() -> foundElsewhere(tenant));
    }

    /** After something that only searches show: uses, favourites. */
    public Uni<Void> foundElsewhere(String tenant) {
        return caches.get().invalidateTag(tagOf(tenant));
    }

    @SuppressWarnings("unchecked") // As declared above.
    private <K, V> TieredCache<K, V> cache(String name) {
        return (TieredCache<K, V>)
                caches.get().find(name).orElseThrow(() -> new IllegalStateException("no cache " + name));
    }
}
