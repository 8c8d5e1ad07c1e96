package io.penstock.common.retention;

import io.smallrye.mutiny.Uni;
import java.time.Instant;

/** Rows that are dropped when they are old, by the daily cleanup: a bean, of the platform or of a workload. */
public interface OldData {

    /** How the job's result names them, such as {@code execution-logs}; always the same. */
    String name();

    /**
     * Drops some that are older.
     *
     * @param most bounds the statement
     * @return how many went; {@code most} where more may be left
     */
    Uni<Integer> forget(Instant before, int most);
}
