package io.penstock.bench.cache;

import io.penstock.bench.LineOrders;
import io.penstock.bench.LineProcess;
import io.penstock.bench.StartUp;
import io.penstock.common.cache.CacheDefinition;
import io.penstock.common.cache.CacheKeys;
import io.penstock.common.cache.TieredCache;
import io.penstock.common.cache.Ttl;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** A process whose callers miss keys that those of other processes miss at the same time. */
final class MissingReaders {

    static final String READY = "ready";
    /** The answer to an order, with how often this process loaded the value. */
    static final String DONE = "done ";

    private static final Duration LOADING = Duration.ofMillis(100);
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private MissingReaders() {}

    /** An order is a key and how many read it at once. */
    public static void main(String[] args) throws InterruptedException {
        StartUp.once();
        BlockingQueue<String> orders = LineOrders.fromOtherEnd();
        AtomicInteger loads = new AtomicInteger();
        try (CacheNodes node = new CacheNodes(System.getenv(LineProcess.URL_VARIABLE), Duration.ofSeconds(5))) {
            TieredCache<String, String> cache = node.open(CacheDefinition.of(
                    "misses",
                    String.class,
                    String.class,
                    Ttl.PRODUCT_BASIC,
                    "product:basic:",
                    CacheKeys::productBasic,
                    id -> Uni.createFrom()
                            .item("value")
                            .invoke(loads::incrementAndGet)
                            .onItem()
                            .delayIt()
                            .by(LOADING)));
            System.out.println(READY);
            while (true) {
                String[] order = orders.take().split(" ", -1);
                loads.set(0);
                List<Uni<String>> reads = new ArrayList<>();
                for (int i = 0; i < Integer.parseInt(order[1]); i++) {
                    reads.add(cache.get(order[0]));
                }
                Uni.join().all(reads).andFailFast().await().atMost(PATIENCE);
                System.out.println(DONE + loads.get());
            }
        }
    }
}
