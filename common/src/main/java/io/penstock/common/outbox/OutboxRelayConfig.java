package io.penstock.common.outbox;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How rows of the outbox reach the queue, under {@code penstock.outbox.relay}. */
@ConfigMapping(prefix = "penstock.outbox.relay")
public interface OutboxRelayConfig {

    /** Whether this process relays. Off here, on in workers; at least one process of a deployment must relay. */
    @WithDefault("false")
    boolean enabled();

    /** Time between two looks at the table when no notification comes: how late a row is when its notification is lost. */
    @WithDefault("5s")
    Duration sweep();

    /** Rows with and rows without an ordering key that one transaction moves, each, 1 to 1000. More: fewer round trips, longer transactions. */
    @WithDefault("500")
    int batch();

    /** How long after it began a transaction may still hand jobs over. Longer than {@code penstock.redis.deadline}. */
    @WithDefault("10s")
    Duration acceptWithin();

    /** How long the queue remembers a row after it accepted it and the row is gone. At least three times {@link #acceptWithin()}, which also covers differing clocks of Redis nodes. */
    @WithDefault("60s")
    Duration remember();

    /** How often remembered rows that are gone are forgotten. */
    @WithDefault("15s")
    Duration cleanupInterval();

    /** How long a stop waits for the round that runs. */
    @WithDefault("5s")
    Duration stopGrace();
}
