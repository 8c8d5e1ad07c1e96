package io.penstock.common.health;

import io.penstock.common.redis.RedisSafety;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Asks Redis whether it answers and keeps jobs safe, for those who know no Redis. */
@ApplicationScoped
public class RedisProbe {

    private final RedisSafety safety;

    @Inject
    public RedisProbe(RedisSafety safety) {
        this.safety = safety;
    }

    /** What is unsafe, in words; empty when all is well. Fails while Redis does not answer. */
    public Uni<List<String>> findings() {
        return safety.findings();
    }
}
