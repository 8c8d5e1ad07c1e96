package io.penstock.scheduler;

import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Alternative;
import java.time.Duration;
import java.time.Instant;

/** Stands still until a test moves it. */
@Alternative
@ApplicationScoped
public class MovableClock implements ScheduleClock {

    private volatile Instant now = Instant.parse("2026-11-22T00:00:00Z");

    @Override
    public Uni<Instant> now() {
        return Uni.createFrom().item(() -> now);
    }

    void set(Instant instant) {
        now = instant;
    }

    Instant read() {
        return now;
    }

    void advance(Duration duration) {
        now = now.plus(duration);
    }
}
