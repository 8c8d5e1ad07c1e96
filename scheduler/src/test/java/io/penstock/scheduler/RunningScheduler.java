package io.penstock.scheduler;

import io.quarkus.test.junit.QuarkusTestProfile;
import java.util.Map;

/** The whole deployable as it ships, one schedule switched off by configuration. */
public class RunningScheduler implements QuarkusTestProfile {

    @Override
    public Map<String, String> getConfigOverrides() {
        return Map.of("penstock.schedule.\"offers-high\".enabled", "false");
    }
}
