package io.penstock.common.redis;

import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;

/** Tells whether Redis answers right now: in a cluster, every master that is known. */
@ApplicationScoped
public class RedisPing {

    private static final Duration DEADLINE = Duration.ofSeconds(2);

    private final RedisRoutes routes;

    @Inject
    public RedisPing(RedisRoutes routes) {
        this.routes = routes;
    }

    /** Never fails. */
    public Uni<Boolean> answers() {
        return Uni.createFrom()
                .completionStage(() -> routes.masters()
                        .compose(masters -> Future.all(masters.stream()
                                .map(master -> master.send(Request.cmd(Command.PING), DEADLINE))
                                .toList()))
                        .toCompletionStage())
                .map(pongs -> true)
                .onFailure()
                .recoverWithItem(false);
    }
}
