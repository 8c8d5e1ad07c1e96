package io.penstock.common.maintenance.redis;

import io.penstock.common.maintenance.TemporaryKeys;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisRoutes;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * SCAN for a piece at a time, then one script per temporary key. In a cluster a scan sees the keys of one node, always
 * the same as long as the slots stay where they are.
 */
@ApplicationScoped
class RedisTemporaryKeys implements TemporaryKeys {

    private static final String PATTERN = "temp:*";
    /** Keys Redis looks at per call: about a tenth of a millisecond. */
    private static final int PIECE = 500;

    private static final int AT_ONCE = 32;
    private static final LuaScript DROP_STALE_KEY = LuaScript.load("drop-stale-key");

    private final RedisRoutes link;
    private final Duration deadline;

    @Inject
    RedisTemporaryKeys(RedisRoutes link, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Sweep> sweep(String cursor, Duration idle) {
        Request scan = Request.cmd(Command.SCAN)
                .arg(cursor)
                .arg("MATCH")
                .arg(PATTERN)
                .arg("COUNT")
                .arg(PIECE);
        return uni(() -> link.send(PATTERN, scan, deadline)).chain(reply -> {
            List<String> keys =
                    reply.get(1).stream().map(Response::toString).distinct().toList();
            return Multi.createFrom()
                    .iterable(keys)
                    .onItem()
                    .transformToUni(key -> uni(() -> drop(key, idle)))
                    .merge(AT_ONCE)
                    .collect()
                    .with(java.util.stream.Collectors.summingInt(Integer::intValue))
                    .map(removed -> new Sweep(reply.get(0).toString(), keys.size(), removed));
        });
    }

    private Future<Integer> drop(String key, Duration idle) {
        return link.run(DROP_STALE_KEY, List.of(key), List.of(idle.toSeconds()), deadline)
                .map(Response::toInteger);
    }

    private static <T> Uni<T> uni(Supplier<Future<T>> action) {
        return Uni.createFrom().completionStage(() -> action.get().toCompletionStage());
    }
}
