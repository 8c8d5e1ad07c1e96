package io.penstock.common.queue;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What a deployment leaves out, under {@code penstock.workload."<name>"}. Must be the same in all processes. */
@ConfigMapping(prefix = "penstock.workload")
public interface WorkloadConfig {

    /** By the name of the workload: the last part of the package of its job types. */
    @WithParentName
    Map<String, Workload> byName();

    /** One workload. */
    interface Workload {

        /**
         * Off: its job types are unknown, its handlers idle, its schedules do not fire, its part of the API answers 404. Jobs
         * that wait stay. The diagnostics and the examples that ship are off in production.
         */
        @WithDefault("true")
        boolean enabled();
    }

    /** Names of those that are switched off. */
    default Set<String> off() {
        return byName().entrySet().stream()
                .filter(entry -> !entry.getValue().enabled())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
