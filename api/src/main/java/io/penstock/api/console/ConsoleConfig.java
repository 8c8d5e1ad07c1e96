package io.penstock.api.console;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;

/** The console, under {@code penstock.console}. */
@ConfigMapping(prefix = "penstock.console")
interface ConsoleConfig {

    /** Whether the console is served. The API is the same without it. */
    @WithDefault("true")
    boolean enabled();

    /** What stands beside the name of the product, so that nobody takes one deployment for another. */
    @WithDefault("production")
    String environment();
}
