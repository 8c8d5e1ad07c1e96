package io.penstock.common.queue.redis;

import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Ids that are not accepted again although their job has ended.
 *
 * <p>The enqueue and the note about it must be one step, and a script cannot call another. So the script of the enqueue
 * becomes a function within this one: there is one way to write a job, whatever it learns.
 */
final class RememberedIds {

    private static final LuaScript ENQUEUE_ONCE = LuaScript.load("enqueue-once").enclosing(Scripts.ENQUEUE_JOBS);

    /** What the script answers first where it refuses. */
    private static final String REFUSED = "!";

    private RememberedIds() {}

    /**
     * @param keys as the enqueue takes them
     * @param args as the enqueue takes them
     */
    static Future<Response> call(
            RedisRouter link,
            Streams streams,
            List<String> keys,
            List<Object> args,
            List<String> ids,
            Duration memory,
            Duration deadline) {
        List<String> allKeys = new ArrayList<>(keys.size() + 1);
        allKeys.add(RedisKeys.remembered(streams.queue(), streams.partition()));
        allKeys.addAll(keys);
        List<Object> allArgs = new ArrayList<>(args.size() + ids.size() + 2);
        allArgs.add(memory.toMillis());
        allArgs.add(ids.size());
        allArgs.addAll(ids);
        allArgs.addAll(args);
        return link.run(ENQUEUE_ONCE, allKeys, allArgs, deadline);
    }

    /** Positions, from 0, of the ids that are remembered; empty: all were accepted. */
    static Set<Integer> refused(Response reply) {
        Set<Integer> positions = new HashSet<>();
        if (reply.size() > 0 && reply.get(0).toString().equals(REFUSED)) {
            for (int i = 1; i < reply.size(); i++) {
                positions.add(reply.get(i).toInteger() - 1);
            }
        }
        return positions;
    }
}
