package io.penstock.common.cache;

import io.quarkus.cache.runtime.caffeine.CaffeineCacheImpl;
import io.quarkus.cache.runtime.caffeine.CaffeineCacheInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;

/** How often keys were loaded since the last report. Bounded: of many keys those are kept that come again. */
final class MissedKeys {

    private static final long MOST = 1_000;

    private final CaffeineCacheImpl counts;

    MissedKeys() {
        CaffeineCacheInfo info = new CaffeineCacheInfo();
        info.name = "penstock-missed";
        info.maximumSize = MOST;
        this.counts = new CaffeineCacheImpl(info, false);
    }

    void add(String key) {
        CompletableFuture<LongAdder> present = counts.getIfPresent(key);
        if (present == null) {
            LongAdder first = new LongAdder();
            first.increment();
            counts.put(key, CompletableFuture.completedFuture(first));
        } else {
            present.join().increment();
        }
    }

    /** What was counted, those that were missed more than once; begins anew. */
    Map<String, Long> take() {
        Map<String, Long> taken = new HashMap<>();
        for (Object key : counts.keySet()) {
            CompletableFuture<LongAdder> present = counts.getIfPresent(Objects.requireNonNull(key));
            if (present != null && present.join().sum() > 1) {
                taken.put((String) key, present.join().sum());
            }
        }
        var unused = counts.invalidateAll().subscribeAsCompletionStage();
        return taken;
    }
}
