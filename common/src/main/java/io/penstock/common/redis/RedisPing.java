package io.penstock.common.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Tells whether Redis answers right now. */
@ApplicationScoped
public class RedisPing {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final RedisLink link;

    @Inject
    public RedisPing(RedisLink link) {
        this.link = link;
    }

    /** Never fails. */
    public Uni<Boolean> answers() {
        return Uni.createFrom()
                .completionStage(
                        () -> link.send(Request.cmd(Command.PING), DEADLINE).toCompletionStage())
                .map(pong -> true)
                .onFailure()
                .recoverWithItem(false);
    }
}
