package io.penstock.common.queue.redis;

import io.penstock.common.queue.LimitBoard;
import io.penstock.common.queue.LimitOverride;
import io.penstock.common.queue.LimitOverrideCodec;
import io.penstock.common.queue.LimitOverrides;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jboss.logging.Logger;

/** One hash for all queues: their overrides by name, and the version. No queue is named {@code @version}. */
public final class RedisLimitBoard implements LimitBoard {

    private static final Logger LOG = Logger.getLogger(RedisLimitBoard.class);

    private static final String VERSION = "@version";

    private final RedisRouter link;
    private final Duration deadline;

    public RedisLimitBoard(RedisRouter link, Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<OptionalLong> version() {
        Request ask = Request.cmd(Command.HGET).arg(RedisKeys.QUEUE_LIMITS).arg(VERSION);
        return RedisResults.uni(() -> link.send(RedisKeys.QUEUE_LIMITS, ask, deadline)
                .map(reply -> reply == null ? OptionalLong.empty() : OptionalLong.of(reply.toLong())));
    }

    @Override
    public Uni<Optional<LimitOverrides>> read() {
        Request ask = Request.cmd(Command.HGETALL).arg(RedisKeys.QUEUE_LIMITS);
        return RedisResults.uni(
                () -> link.send(RedisKeys.QUEUE_LIMITS, ask, deadline).map(reply -> overrides(Entries.pairs(reply))));
    }

    private static Optional<LimitOverrides> overrides(Map<String, String> fields) {
        String version = fields.remove(VERSION);
        if (version == null) {
            return Optional.empty();
        }
        Map<String, LimitOverride> byQueue = new HashMap<>();
        fields.forEach((queue, text) -> LimitOverrideCodec.decode(text)
                .ifPresentOrElse(
                        override -> byQueue.put(queue, override),
                        () -> LOG.warnf(
                                "limits of queue %s were stored by another release; here the configured ones hold",
                                queue)));
        return Optional.of(new LimitOverrides(Long.parseLong(version), byQueue));
    }

    @Override
    public Uni<Void> put(LimitOverrides overrides) {
        List<Object> args = new ArrayList<>();
        args.add(VERSION);
        args.add(overrides.version());
        overrides.byQueue().forEach((queue, override) -> {
            args.add(queue);
            args.add(LimitOverrideCodec.encode(override));
        });
        return RedisResults.uni(() -> link.run(Scripts.PUT_LIMITS, List.of(RedisKeys.QUEUE_LIMITS), args, deadline)
                .mapEmpty());
    }
}
