package io.penstock.api.audit;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;

/** How long it is remembered who changed what, under {@code penstock.audit}. */
@ConfigMapping(prefix = "penstock.audit")
interface AuditConfig {

    /** How long entries are kept, at least a day; whole days are dropped. */
    @WithDefault("400d")
    Duration retention();
}
