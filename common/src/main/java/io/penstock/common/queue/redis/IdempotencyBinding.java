package io.penstock.common.queue.redis;

import io.penstock.common.queue.IdempotencyKeyReusedException;
import io.penstock.common.queue.IdempotentCall;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.UUID;

/**
 * What an idempotency key stands for: a nonce that names the call in every partition it touches. The ids and partitions
 * of its jobs come from the nonce, so that whoever repeats the call makes the same jobs, and completes what a crash has
 * left undone.
 *
 * @param nonce 24 hexadecimal digits
 */
record IdempotencyBinding(String nonce) {

    private static final int NONCE_DIGITS = 24;

    /**
     * Binds the key to this call, or answers with what it is bound to.
     *
     * <p>Fails with {@link IdempotencyKeyReusedException} where that call asked for something else.
     */
    static Future<IdempotencyBinding> of(RedisRouter link, IdempotentCall call, Duration retention, Duration deadline) {
        String nonce = UUID.randomUUID().toString().replace("-", "").substring(32 - NONCE_DIGITS);
        String key = RedisKeys.idempotency(call.key().digest());
        Request bind = Request.cmd(Command.SET)
                .arg(key)
                .arg(call.fingerprint() + nonce)
                .arg("NX")
                .arg("GET")
                .arg("PX")
                .arg(retention.toMillis());
        return link.send(key, bind, deadline).map(bound -> {
            if (bound == null) {
                return new IdempotencyBinding(nonce);
            }
            String text = bound.toString();
            if (!text.startsWith(call.fingerprint())) {
                throw new IdempotencyKeyReusedException();
            }
            return new IdempotencyBinding(text.substring(call.fingerprint().length()));
        });
    }

    /** Where those jobs of the call go that may go into any partition. */
    int partition(int partitions) {
        return JobId.partitionOf(nonce, partitions);
    }

    /** Id of the job at this position of the call, as {@link JobId#random} makes them. */
    String jobId(String queue, int partition, int position) {
        return JobId.of(queue, partition, nonce + String.format("%08x", position));
    }

    /** How one partition accepts its part of the call once. */
    EnqueueOnce once(String queue, int partition, Duration retention) {
        return new EnqueueOnce(
                RedisKeys.idempotent(queue, partition),
                0,
                retention,
                RedisKeys.idempotentAnswers(queue, partition, nonce));
    }
}
