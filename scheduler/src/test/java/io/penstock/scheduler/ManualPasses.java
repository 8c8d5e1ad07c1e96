package io.penstock.scheduler;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;
import java.util.Set;

/** The loop rests and the clock stands still; tests tick by hand. */
public class ManualPasses implements QuarkusTestProfile {

    @Override
    public Set<Class<?>> getEnabledAlternatives() {
        return Set.of(MovableClock.class);
    }

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("penstock.scheduler.enabled", "false", "penstock.scheduler.batch", "40");
    }
}
