package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.local.Teardown.Stage;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TeardownTest {

    private final Teardown teardown = new Teardown();
    private final List<String> stopped = new CopyOnWriteArrayList<>();

    @Test
    void stopsInTheOrderOfStagesNotOfStarts() {
        own(Stage.SCHEDULER, "scheduler");
        own(Stage.REDIS, "redis");
        own(Stage.WORKERS, "worker");
        own(Stage.POSTGRES, "postgres");
        own(Stage.API, "api");
        teardown.close();
        assertThat(stopped).containsExactly("scheduler", "worker", "api", "postgres", "redis");
    }

    @Test
    void goesOnWhenOnePartDoesNotStop() {
        own(Stage.REDIS, "redis");
        teardown.own(Stage.API, () -> () -> {
            throw new IllegalStateException("stuck");
        });
        teardown.close();
        assertThat(stopped).containsExactly("redis");
    }

    @Test
    void startsNothingOnceStopping() {
        teardown.close();
        assertThatThrownBy(() -> own(Stage.API, "api")).isInstanceOf(LaunchException.class);
        assertThat(stopped).isEmpty();
    }

    @Test
    void stopsEachPartOnce() {
        own(Stage.API, "api");
        teardown.close();
        teardown.close();
        assertThat(stopped).containsExactly("api");
    }

    private void own(Stage stage, String name) {
        teardown.<AutoCloseable>own(stage, () -> () -> stopped.add(name));
    }
}
