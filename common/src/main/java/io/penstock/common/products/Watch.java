package io.penstock.common.products;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What one metric of a tracked product is compared with.
 *
 * @param reference the normal value
 * @param since when the reference became that
 * @param told the value that was told of and is out of the normal; null: nothing is
 * @param toldAt when something was last told, also where it has passed; null: never
 */
record Watch(String reference, Instant since, @Nullable String told, @Nullable Instant toldAt) {

    static Watch begun(String value, Instant now) {
        return new Watch(value, now, null, null);
    }

    /** Nothing is out of the normal any more. */
    Watch calm() {
        return new Watch(reference, since, null, toldAt);
    }

    Watch toldOf(String value, Instant now) {
        return new Watch(reference, since, value, now);
    }

    /** The same event goes on, without a word. */
    Watch wordless(String value) {
        return new Watch(reference, since, value, toldAt);
    }

    /** Another normal value. */
    Watch settled(String value, Instant now) {
        return new Watch(value, now, null, toldAt);
    }
}
