package io.penstock.common.queue.redis;

import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.queue.QueueRetention;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** One script each; Redis's clock tells the age. */
@ApplicationScoped
class RedisQueueRetention implements QueueRetention {

    private static final LuaScript DROP_COMPLETED = LuaScript.load("drop-completed");
    private static final LuaScript DROP_DEAD = LuaScript.load("drop-dead");

    private final RedisRouter link;
    private final Duration deadline;

    @Inject
    RedisQueueRetention(RedisRouter link, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.link = link;
        this.deadline = deadline;
    }

    @Override
    public Uni<Dropped> dropCompleted(QueuePolicy policy, int partition, Duration age, int most) {
        List<String> keys = RetainedRecords.keys(policy.queue(), partition);
        return RedisResults.uni(() -> link.run(DROP_COMPLETED, keys, List.of(age.toMillis(), most), deadline)
                .map(reply -> new Dropped(reply.get(1).toInteger(), reply.get(0).toInteger() == most)));
    }

    @Override
    public Uni<Dropped> dropDead(QueuePolicy policy, int partition, Duration age, int most) {
        List<String> keys =
                List.of(RedisKeys.dead(policy.queue(), partition), RedisKeys.jobs(policy.queue(), partition));
        return RedisResults.uni(() -> link.run(DROP_DEAD, keys, List.of(age.toMillis(), most), deadline)
                .map(reply -> new Dropped(reply.toInteger(), reply.toInteger() == most)));
    }
}
