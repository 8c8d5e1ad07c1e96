package io.penstock.api.overview;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An answer that many ask for: asked once, given to all who wait, and again to those who come a little later. A failure is
 * not kept.
 */
final class Remembered<T> {

    private final Duration fresh;
    private final Supplier<Uni<T>> ask;
    private @Nullable Uni<T> latest;
    private long askedNanos;

    Remembered(Duration fresh, Supplier<Uni<T>> ask) {
        this.fresh = fresh;
        this.ask = ask;
    }

    synchronized Uni<T> get() {
        Uni<T> known = latest;
        if (known != null && System.nanoTime() - askedNanos < fresh.toNanos()) {
            return known;
        }
        askedNanos = System.nanoTime();
        Uni<T> asked = Uni.createFrom()
                .deferred(ask::get)
                .onFailure()
                .invoke(this::forget)
                .memoize()
                .indefinitely();
        latest = asked;
        return asked;
    }

    private synchronized void forget() {
        latest = null;
    }
}
