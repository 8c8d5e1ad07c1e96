package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.cache.RemoteCache;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Locale;

/** How much of its memory Redis uses. Says nothing where Redis has no bound ({@code maxmemory 0}). */
@ApplicationScoped
class RedisMemoryRule implements AlertRule {

    static final String SUBJECT = "monitor/redis-memory";

    private final RemoteCache redis;
    private final MonitorConfig config;

    @Inject
    RedisMemoryRule(RemoteCache redis, MonitorConfig config) {
        this.redis = redis;
        this.config = config;
    }

    @Override
    public String name() {
        return "redis-memory";
    }

    @Override
    public Uni<List<Finding>> judge() {
        return redis.figures(1).map(figures -> of(figures.usedBytes(), figures.maxBytes(), config.maxRedisMemory()));
    }

    static List<Finding> of(long used, long most, double bound) {
        if (most <= 0) {
            return List.of();
        }
        double share = (double) used / most;
        return Judgement.of(
                SUBJECT,
                Severity.CRITICAL,
                share,
                bound,
                String.format(
                        Locale.ROOT,
                        "Redis uses %.0f %% of its memory, the bound is %.0f %%",
                        share * 100,
                        bound * 100));
    }
}
