package io.penstock.scheduler;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithParentName;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The deployment's switch per declared schedule, under {@code penstock.schedule."<id>"}. */
@ConfigMapping(prefix = "penstock.schedule")
public interface ScheduleSwitches {

    /** By schedule id. */
    @WithParentName
    Map<String, Switch> byId();

    /** One schedule. */
    interface Switch {

        /** Off: the schedule is not fired, whatever an operator's switch says. Must be the same in every replica. */
        @WithDefault("true")
        boolean enabled();
    }

    /** The schedules that are switched off. */
    default Set<String> off() {
        return byId().entrySet().stream()
                .filter(entry -> !entry.getValue().enabled())
                .map(Map.Entry::getKey)
                .collect(Collectors.toUnmodifiableSet());
    }
}
