package io.penstock.scheduler;

import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** The one clock that says what is due, the same for every replica. */
public interface ScheduleClock {

    Uni<Instant> now();
}
