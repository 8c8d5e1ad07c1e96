package io.penstock.common.queue.redis;

import io.penstock.common.redis.RedisRouter;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What Redis gave to a worker that never heard of it, because the connection ended between the two. Redis knows what each
 * consumer has pending; what the worker does not know of that is taken again, which extends its lease.
 */
final class MissedClaims {

    /** Pending entries in one answer: some tens of microseconds of Redis's time. */
    private static final int PAGE = 256;

    private final RedisRouter commands;
    private final String workerId;
    private final Duration deadline;

    MissedClaims(RedisRouter commands, String workerId, Duration deadline) {
        this.commands = commands;
        this.workerId = workerId;
        this.deadline = deadline;
    }

    /**
     * Stream entries with their fields, oldest first. One that was rescued meanwhile is left out.
     *
     * @param known ids of the entries that the worker holds
     */
    Future<List<Response>> in(String stream, Set<String> known) {
        return from("-", stream, known, new ArrayList<>());
    }

    private Future<List<Response>> from(String start, String stream, Set<String> known, List<Response> found) {
        Request pending = Request.cmd(Command.XPENDING)
                .arg(stream)
                .arg(Scripts.GROUP)
                .arg(start)
                .arg("+")
                .arg(PAGE)
                .arg(workerId);
        return commands.send(stream, pending, deadline).compose(page -> {
            List<String> missed = new ArrayList<>();
            String last = start;
            for (Response entry : page) {
                last = entry.get(0).toString();
                if (!known.contains(last)) {
                    missed.add(last);
                }
            }
            String next = "(" + last;
            boolean over = page.size() < PAGE;
            return take(stream, missed).compose(taken -> {
                found.addAll(taken);
                return over ? Future.succeededFuture(found) : from(next, stream, known, found);
            });
        });
    }

    private Future<List<Response>> take(String stream, List<String> entries) {
        if (entries.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        Request claim = Request.cmd(Command.XCLAIM)
                .arg(stream)
                .arg(Scripts.GROUP)
                .arg(workerId)
                .arg(0);
        entries.forEach(claim::arg);
        return commands.send(stream, claim, deadline).map(reply -> {
            List<Response> taken = new ArrayList<>();
            for (Response entry : reply) {
                // Before Redis 7 an entry that was deleted is answered as nil.
                if (entry != null) {
                    taken.add(entry);
                }
            }
            return taken;
        });
    }
}
