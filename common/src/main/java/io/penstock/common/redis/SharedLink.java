package io.penstock.common.redis;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;

/** The one connection that everything shares that does not block and is in no hurry. */
@ApplicationScoped
class SharedLink {

    @Produces
    @Singleton
    RedisLink link(RedisClients clients) {
        return clients.newLink("shared");
    }

    void close(@Disposes RedisLink link) {
        link.close();
    }
}
