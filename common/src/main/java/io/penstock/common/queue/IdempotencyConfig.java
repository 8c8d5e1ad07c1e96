package io.penstock.common.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** Idempotency keys of producers, under {@code penstock.idempotency}. */
@ConfigMapping(prefix = "penstock.idempotency")
public interface IdempotencyConfig {

    /** How long the key of an enqueue call is remembered. Longer: later repetitions are safe, for a few hundred bytes of Redis per call meanwhile. */
    @WithDefault("24h")
    Duration retention();
}
