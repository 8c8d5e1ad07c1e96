package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A call under way, until its answer or its deadline. One that misses its deadline closes the connection it used, because
 * whatever is behind it in the pipeline is in doubt.
 */
final class PendingCall<T extends @Nullable Object> {

    private final EventLoopContext context;
    private final Reconnector connections;
    private final RedisCall<T> call;
    private final boolean asking;
    private final Promise<T> answer;
    private final String name;
    private volatile long timer;
    private volatile @Nullable ClientConnection usedConnection;
    private volatile @Nullable Throwable lastRefusal;

    PendingCall(EventLoopContext context, Reconnector connections, RedisCall<T> call, boolean asking, String name) {
        this.context = context;
        this.connections = connections;
        this.call = call;
        this.asking = asking;
        this.name = name;
        this.answer = context.promise();
    }

    /** Sends it over the connection, or over the next one. Fails when there is no answer within the deadline. */
    Future<T> within(Duration deadline) {
        timer = context.setTimer(Math.max(1, deadline.toMillis()), id -> timeOut(deadline));
        connections.startOrWait(this);
        return answer.future();
    }

    /** The connection is out of use before the caller hears of it and perhaps tries again. */
    private void timeOut(Duration deadline) {
        if (!answer.future().isComplete()) {
            boolean underWay = usedConnection != null;
            connections.forget(this);
            // Looked at again: it may have been started just before it was forgotten.
            ClientConnection used = usedConnection;
            if (used != null) {
                connections.ended(used);
            }
            answer.tryFail(new RedisDeadlineException(name, deadline, underWay, lastRefusal));
        }
    }

    void start(ClientConnection connected) {
        if (answer.future().isComplete()) {
            return;
        }
        usedConnection = connected;
        call.over(new Pipeline(context, connected.connection(), asking)).onComplete(result -> {
            if (result.succeeded()) {
                context.cancelTimer(timer);
                answer.tryComplete(result.result());
            } else if (connections.mendsRefusals() && Refusal.of(result.cause(), call.commands()) != null) {
                lastRefusal = result.cause();
                connections.tryElsewhere(this, connected);
            } else {
                fail(result.cause());
            }
        });
    }

    /** The call is on its way to another connection. */
    void detach() {
        usedConnection = null;
    }

    void fail(Throwable failure) {
        context.cancelTimer(timer);
        answer.tryFail(failure);
    }
}
