package io.penstock.api.orders;

import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.CacheSource;
import io.penstock.common.cache.Ttl;
import io.penstock.common.orders.Availability;
import io.penstock.common.orders.Concerts;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/**
 * What is left of each concert, kept for a second: a crowd that reloads the page costs PostgreSQL a query a second and
 * concert. Nobody is sold anything by what it says.
 */
@ApplicationScoped
class AvailabilityCache implements CacheSource {

    static final String NAME = "concert-availability";

    private final Concerts concerts;

    @Inject
    AvailabilityCache(Concerts concerts) {
        this.concerts = concerts;
    }

    @Override
    public List<CacheDefinition<?, ?>> caches() {
        return List.of(CacheDefinition.of(
                NAME,
                Long.class,
                Availability.class,
                Ttl.TEMP_DATA,
                "api:concert:",
                id -> CacheKeys.key("api", "concert", Long.toString(id), "availability"),
                id -> concerts.availability(id).map(found -> found.orElse(null))));
    }
}
