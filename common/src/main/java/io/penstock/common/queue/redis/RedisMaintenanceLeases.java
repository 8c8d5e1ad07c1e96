package io.penstock.common.queue.redis;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.queue.MaintenanceLeases;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.redis.RedisServers;
import io.penstock.common.redis.RedisSubscription;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The leases of all partitions are one hash, so that they are asked for in one call however many there are. In a cluster it
 * is on one node: while that is away everybody maintains, as everybody may. Signs of life are published, so that those who
 * wait for them ask Redis nothing.
 */
public final class RedisMaintenanceLeases implements MaintenanceLeases {

    /** {@code due queue:{<queue>:<partition>}:scheduled <ms>}, as the scripts write it. */
    private static final Pattern DUE = Pattern.compile("due queue:\\{(.+)}:scheduled (\\d+)");

    private static final String BEAT = "beat ";
    private static final String GONE = "gone ";

    private final RedisRouter link;
    private final RedisServers servers;
    private final Vertx vertx;
    private final Duration deadline;

    public RedisMaintenanceLeases(RedisRouter link, RedisServers servers, Vertx vertx, Duration deadline) {
        this.link = link;
        this.servers = servers;
        this.vertx = vertx;
        this.deadline = deadline;
    }

    @Override
    public Uni<Map<String, Holder>> hold(String owner, Collection<String> partitions, Duration lease) {
        List<Object> args = new ArrayList<>(partitions.size() + 2);
        args.add(owner);
        args.add(lease.toMillis());
        args.addAll(partitions);
        return RedisResults.uni(() -> link.run(Scripts.HOLD_MAINTENANCE, List.of(RedisKeys.MAINTENANCE), args, deadline)
                .map(reply -> {
                    Map<String, Holder> holders = new HashMap<>();
                    int at = 0;
                    for (String partition : partitions) {
                        Duration left = Duration.ofMillis(reply.get(at).toLong());
                        holders.put(partition, new Holder(reply.get(at + 1).toString(), left));
                        at += 2;
                    }
                    return holders;
                }));
    }

    @Override
    public Uni<Void> leave(String owner, Collection<String> partitions) {
        List<Object> args = new ArrayList<>(partitions.size() + 1);
        args.add(owner);
        args.addAll(partitions);
        return RedisResults.uni(
                () -> link.run(Scripts.LEAVE_MAINTENANCE, List.of(RedisKeys.MAINTENANCE), args, deadline)
                        .mapEmpty());
    }

    @Override
    public Subscription listen(boolean due, Listener listener) {
        EventLoopContext context = EventLoopContext.create(vertx);
        String pattern = due ? RedisKeys.MAINTENANCE_PATTERN : RedisKeys.MAINTENANCE_BEAT;
        RedisSubscription subscription = servers.subscribe(context, pattern, new RedisSubscription.Listener() {
            @Override
            public void heard(String message) {
                tell(message, listener);
            }

            @Override
            public void connected() {
                // What was missed is noticed by silence.
            }
        });
        return subscription::close;
    }

    /** What a newer version says is passed over. */
    private static void tell(String message, Listener listener) {
        if (message.startsWith(BEAT)) {
            listener.beat(message.substring(BEAT.length()));
        } else if (message.startsWith(GONE)) {
            listener.gone(message.substring(GONE.length()));
        } else {
            Matcher due = DUE.matcher(message);
            if (due.matches()) {
                listener.dueWithin(due.group(1), Duration.ofMillis(Long.parseLong(due.group(2))));
            }
        }
    }
}
