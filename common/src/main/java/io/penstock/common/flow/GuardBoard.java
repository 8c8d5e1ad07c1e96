package io.penstock.common.flow;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.List;

/** Where every process shows its guards to the others. What is old is not shown. */
public interface GuardBoard {

    /** A process that has said nothing for so long is gone, or makes no calls and has nothing to say. */
    Duration KEPT = Duration.ofMinutes(2);

    Uni<Void> post(GuardReport report);

    Uni<List<GuardReport>> all();
}
