package io.penstock.common.cache;

import java.util.List;

/** A bean that declares caches. They are made at start, in every process that has the bean. */
public interface CacheSource {

    List<CacheDefinition<?, ?>> caches();
}
