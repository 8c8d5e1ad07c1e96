package io.penstock.common.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Knows, for the liveness probes, whether Redis answers: over the connections that all share, and where these do not,
 * over new ones. Never makes its caller wait: each question begins a look and is answered by what earlier looks found.
 */
@ApplicationScoped
public class RedisReachability {

    /** No shorter than what other callers may wait: a command that misses its deadline takes the connection with it. */
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** Longer than the period of any probe: the process stood still, and what was found before is no longer known. */
    private static final Duration SILENCE = Duration.ofSeconds(30);

    private final RedisRouter routes;
    private final AtomicBoolean looking = new AtomicBoolean();
    /** Since when every look has found this; 0: the last one did not. In {@link System#nanoTime()}. */
    private volatile long answeringSince;

    private volatile long brokenSince;
    private volatile long lastLookNanos = System.nanoTime();

    @Inject
    public RedisReachability(RedisRouter routes) {
        this.routes = routes;
    }

    /** For how long all servers have answered at every look, over whichever connection; zero: one does not, or nobody looked yet. */
    public Duration answeringFor() {
        look();
        return since(answeringSince);
    }

    /**
     * For how long a shared connection has had no answer at any look although the same server answered over a new one;
     * zero: all is well, or Redis is away. Such a connection does not mend itself.
     */
    public Duration brokenFor() {
        look();
        return since(brokenSince);
    }

    private static Duration since(long nanos) {
        return nanos == 0 ? Duration.ZERO : Duration.ofNanos(System.nanoTime() - nanos);
    }

    private void look() {
        long now = System.nanoTime();
        if (now - lastLookNanos > SILENCE.toNanos()) {
            answeringSince = 0;
            brokenSince = 0;
        }
        lastLookNanos = now;
        if (looking.compareAndSet(false, true)) {
            List<Future<List<Sight>>> looks = routes.parts().stream()
                    .map(part -> part.masters().compose(this::lookAt))
                    .toList();
            Future.all(looks).onComplete(done -> {
                List<Sight> found = looks.stream()
                        .filter(Future::succeeded)
                        .flatMap(look -> look.result().stream())
                        .toList();
                boolean answering = done.succeeded() && !found.contains(Sight.AWAY);
                boolean broken = done.succeeded() && found.contains(Sight.BROKEN);
                answeringSince = noted(answering, answeringSince);
                brokenSince = noted(broken, brokenSince);
                looking.set(false);
            });
        }
    }

    private static long noted(boolean found, long before) {
        if (!found) {
            return 0;
        }
        return before != 0 ? before : Math.max(1, System.nanoTime());
    }

    private enum Sight {
        WELL,
        BROKEN,
        AWAY
    }

    private Future<List<Sight>> lookAt(List<ReconnectingConnection> masters) {
        List<Future<Sight>> looks = new ArrayList<>();
        masters.forEach(master -> looks.add(lookAt(master)));
        return Future.all(looks).map(all -> all.list());
    }

    private Future<Sight> lookAt(ReconnectingConnection master) {
        return master.send(Request.cmd(Command.PING), DEADLINE).map(Sight.WELL).recover(failure -> master.answersAnew()
                .map(answers -> answers ? Sight.BROKEN : Sight.AWAY));
    }
}
