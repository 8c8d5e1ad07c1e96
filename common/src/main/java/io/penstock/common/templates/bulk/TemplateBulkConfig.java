package io.penstock.common.templates.bulk;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** Limits of bulk operations on templates, of each tenant, under {@code penstock.templates.bulk}. */
@ConfigMapping(prefix = "penstock.templates.bulk")
public interface TemplateBulkConfig {

    /** Templates of one operation. The limit of a request's body holds as well. */
    @WithDefault("10000")
    int maxItems();

    /** Templates that a tenant may have; an operation that would add more is refused. */
    @WithDefault("1000000")
    long maxTemplates();

    /** Calls of a tenant in a minute that change templates, one at a time or in bulk; more are answered with 429. */
    @WithDefault("600")
    int operationsPerMinute();

    /** More than this share of creations that fail within an hour raises an alert, once there were 20. */
    @WithDefault("0.1")
    double maxCreationFailures();
}
