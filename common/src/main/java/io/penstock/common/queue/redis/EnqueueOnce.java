package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The one way to accept jobs at most once, a call of enqueue-once: schedules dedup by the ids of their instants, the
 * outbox by its rows, producers by their idempotency keys.
 *
 * <p>A script cannot call another, and the jobs and the note about them must be one step. So the script that accepts jobs
 * becomes a function within enqueue-once: there is one way to write a job, whatever is noted beside it.
 *
 * @param dedupSet key of the sorted set of dedup keys
 * @param notAfterMs epoch ms; later nothing is accepted; 0: no limit
 * @param retention how long dedup keys are remembered; zero: until they are forgotten explicitly
 * @param answersKey where answers are kept that a repetition cannot derive; null: they are not needed
 */
record EnqueueOnce(String dedupSet, long notAfterMs, Duration retention, @Nullable String answersKey) {

    private static final int TOO_LATE = -1;
    private static final int REPEATED = 0;

    /**
     * What enqueue-once answered.
     *
     * @param accepted what the enclosed script answered; null: it was not run, because dedup keys are remembered
     * @param repeated positions of the remembered ones, from 0
     * @param kept the first answers, where they were to be kept and not all jobs were added as asked
     */
    record Reply(@Nullable Response accepted, Set<Integer> repeated, List<String> kept) {}

    Future<Reply> run(RedisRouter link, List<String> dedupKeys, ScriptCall acceptance, Duration deadline) {
        List<String> keys = new ArrayList<>(acceptance.keys().size() + 2);
        keys.add(dedupSet);
        if (answersKey != null) {
            keys.add(answersKey);
        }
        keys.addAll(acceptance.keys());
        List<Object> args = new ArrayList<>(acceptance.args().size() + dedupKeys.size() + 4);
        args.add(notAfterMs);
        args.add(retention.toMillis());
        args.add(answersKey == null ? 0 : 1);
        args.add(dedupKeys.size());
        args.addAll(dedupKeys);
        args.addAll(acceptance.args());
        return link.run(Scripts.once(acceptance.script()), keys, args, deadline).map(EnqueueOnce::reply);
    }

    private static Reply reply(Response reply) {
        return switch (reply.get(0).toInteger()) {
            case TOO_LATE ->
                throw new QueueUnavailableException(
                        "the hand-over came too late and was not accepted", Effect.REFUSED, null);
            case REPEATED -> {
                Set<Integer> positions = new HashSet<>();
                reply.get(1).forEach(position -> positions.add(position.toInteger() - 1));
                yield new Reply(null, positions, reply.get(2).toString().lines().toList());
            }
            default -> new Reply(reply.get(1), Set.of(), List.of());
        };
    }
}
