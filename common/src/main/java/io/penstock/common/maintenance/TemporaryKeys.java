package io.penstock.common.maintenance;

import io.smallrye.mutiny.Uni;
import java.time.Duration;

/** The keys below {@code temp:}, which anybody may write and which should all expire. */
public interface TemporaryKeys {

    /** The cursor of a look from the start, and of one that has reached the end. */
    String START = "0";

    /**
     * Looks at a piece of all keys and removes temporary ones that never expire and were not touched for {@code idle}: a
     * key that is being written may get its expiry in a moment.
     *
     * @param cursor where to go on
     */
    Uni<Sweep> sweep(String cursor, Duration idle);

    /**
     * What one piece held.
     *
     * @param cursor where the next piece begins; {@link #START} at the end
     * @param temporary temporary keys that were looked at
     * @param removed those of them that are gone now
     */
    record Sweep(String cursor, int temporary, int removed) {}
}
