package io.penstock.common.maintenance.redis;

import io.penstock.common.maintenance.TemporaryKeys;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.ReconnectingConnection;
import io.penstock.common.redis.RedisRouter;
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
 * SCAN for a piece at a time, then one script per temporary key. A scan sees the keys of one server only, so that the
 * cursor also says which master of a cluster it is about: {@code <master>:<cursor>}.
 */
@ApplicationScoped
class RedisTemporaryKeys implements TemporaryKeys {

    private static final String PATTERN = "temp:*";
    /** Keys Redis looks at per call: about a tenth of a millisecond. */
    private static final int PIECE = 500;

    private static final int AT_ONCE = 32;
    private static final LuaScript DROP_STALE_KEY = LuaScript.load("drop-stale-key");

    private final RedisRouter link;
    private final Duration deadline;

    @Inject
    RedisTemporaryKeys(RedisRouter link, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Sweep> sweep(String cursor, Duration idle) {
        int colon = cursor.indexOf(':');
        int master = colon < 0 ? 0 : Integer.parseInt(cursor.substring(0, colon));
        Request scan = Request.cmd(Command.SCAN)
                .arg(cursor.substring(colon + 1))
                .arg("MATCH")
                .arg(PATTERN)
                .arg("COUNT")
                .arg(PIECE);
        return uni(() -> scan(master, scan)).chain(page -> {
            List<String> keys =
                    page.found().stream().map(Response::toString).distinct().toList();
            return Multi.createFrom()
                    .iterable(keys)
                    .onItem()
                    .transformToUni(key -> uni(() -> drop(key, idle)))
                    .merge(AT_ONCE)
                    .collect()
                    .with(java.util.stream.Collectors.summingInt(Integer::intValue))
                    .map(removed -> new Sweep(page.next(), keys.size(), removed));
        });
    }

    /** @param next where to go on; "0": all servers have been seen */
    private record Page(String next, Response found) {}

    private Future<Page> scan(int master, Request scan) {
        return link.masters().compose(masters -> {
            // A master fewer than a moment ago: what is left of this round is for the next one.
            ReconnectingConnection server = masters.get(Math.min(master, masters.size() - 1));
            return server.send(scan, deadline)
                    .map(reply ->
                            new Page(after(master, masters.size(), reply.get(0).toString()), reply.get(1)));
        });
    }

    private static String after(int master, int masters, String cursor) {
        if (!cursor.equals("0")) {
            return master + ":" + cursor;
        }
        return master + 1 < masters ? master + 1 + ":0" : "0";
    }

    private Future<Integer> drop(String key, Duration idle) {
        return link.run(DROP_STALE_KEY, List.of(key), List.of(idle.toSeconds()), deadline)
                .map(Response::toInteger);
    }

    private static <T> Uni<T> uni(Supplier<Future<T>> action) {
        return Uni.createFrom().completionStage(() -> action.get().toCompletionStage());
    }
}
