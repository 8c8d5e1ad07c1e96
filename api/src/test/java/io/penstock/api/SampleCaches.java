package io.penstock.api;

import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.CacheSource;
import io.penstock.common.cache.Ttl;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.Set;

/** Caches for tests: one that can be warmed up, one that cannot. */
@ApplicationScoped
public class SampleCaches implements CacheSource {

    @Override
    public List<CacheDefinition<?, ?>> caches() {
        return List.of(
                CacheDefinition.of(
                                "sample-names",
                                String.class,
                                String.class,
                                Ttl.USER_PROFILE,
                                "user:sample:",
                                id -> CacheKeys.key("user", "sample", id),
                                id -> Uni.createFrom().item("name of " + id))
                        .warmedUpBy(most -> Uni.createFrom().item(List.of("a", "b")))
                        .taggedBy(id -> Set.of("samples")),
                CacheDefinition.of(
                        "sample-cold",
                        String.class,
                        String.class,
                        Ttl.TEMP_DATA,
                        "temp:sample:",
                        id -> CacheKeys.temporary("sample", id),
                        id -> Uni.createFrom().item("cold " + id)));
    }
}
