package io.penstock.common.monitor;

import io.penstock.common.alert.Finding;
import io.penstock.common.alert.Severity;
import io.penstock.common.pool.Purpose;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Pools whose connections were nearly all in use. A pool of which nothing is told was idle, which is well. */
@ApplicationScoped
class PoolUseRule implements AlertRule {

    private static final Duration LOOK_BACK = Duration.ofMinutes(2);

    private final SampleStore samples;
    private final MonitorConfig config;
    private final InstantSource clock = InstantSource.system();

    @Inject
    PoolUseRule(SampleStore samples, MonitorConfig config) {
        this.samples = samples;
        this.config = config;
    }

    @Override
    public String name() {
        return "pool-use";
    }

    @Override
    public Uni<List<Finding>> judge() {
        Instant now = clock.instant();
        return samples.pools(now.minus(LOOK_BACK), now.plusSeconds(60)).map(pools -> of(pools, config.maxPoolUse()));
    }

    static List<Finding> of(List<PoolPeriod> pools, double bound) {
        List<Finding> findings = new ArrayList<>();
        for (Purpose purpose : Purpose.values()) {
            PoolPeriod pool = pools.stream()
                    .filter(each -> each.pool().equals(purpose.wire()))
                    .findFirst()
                    .orElse(null);
            double share = pool == null ? 0 : pool.peakShare();
            String text = String.format(
                    Locale.ROOT,
                    "the pool %s of one process had %s in use, the bound is %.0f %%",
                    purpose.wire(),
                    pool == null ? "nothing" : pool.peak() + " of " + pool.size() + " connections",
                    bound * 100);
            findings.addAll(Judgement.of("monitor/pool/" + purpose.wire(), Severity.WARNING, share, bound, text));
        }
        return findings;
    }
}
