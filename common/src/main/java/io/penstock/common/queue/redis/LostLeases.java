package io.penstock.common.queue.redis;

import io.penstock.common.queue.ClaimedJob;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** The jobs whose lease somebody else has by now: what every step on claimed jobs answers with. */
final class LostLeases {

    private LostLeases() {}

    /** Jobs are told apart as objects: comparing payloads would cost more than the work. */
    static Set<ClaimedJob> none() {
        return Collections.newSetFromMap(new IdentityHashMap<>());
    }

    /** Asks once per stream, at once, and collects whose lease was lost. */
    static Uni<Set<ClaimedJob>> perStream(
            Collection<ClaimedJob> jobs, BiFunction<Integer, List<ClaimedJob>, Future<Set<ClaimedJob>>> action) {
        return RedisResults.uni(() -> {
            Map<Integer, List<ClaimedJob>> byStream = new HashMap<>();
            for (ClaimedJob job : jobs) {
                byStream.computeIfAbsent(StreamLease.of(job).stream(), number -> new ArrayList<>())
                        .add(job);
            }
            List<Future<Set<ClaimedJob>>> calls = new ArrayList<>();
            byStream.forEach((number, ofStream) -> calls.add(action.apply(number, ofStream)));
            return union(calls);
        });
    }

    static Future<Set<ClaimedJob>> union(List<Future<Set<ClaimedJob>>> calls) {
        if (calls.isEmpty()) {
            return Future.succeededFuture(none());
        }
        if (calls.size() == 1) {
            return calls.get(0);
        }
        return Future.all(calls).map(done -> {
            Set<ClaimedJob> all = none();
            calls.forEach(call -> all.addAll(call.result()));
            return all;
        });
    }
}
