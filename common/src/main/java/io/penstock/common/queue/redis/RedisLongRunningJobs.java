package io.penstock.common.queue.redis;

import io.penstock.common.queue.LongRunningJob;
import io.penstock.common.queue.LongRunningJobs;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** A hash per queue, a field per worker. A worker that is gone shows nothing any more after a minute. */
@ApplicationScoped
class RedisLongRunningJobs implements LongRunningJobs {

    private static final Duration KEPT = Duration.ofMinutes(1);
    private static final int VERSION = 1;

    private final RedisRouter routes;
    private final Duration deadline;
    private final InstantSource clock = InstantSource.system();

    @Inject
    RedisLongRunningJobs(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Void> show(String queue, String workerId, List<LongRunningJob> jobs) {
        String key = RedisKeys.longRunning(queue);
        JsonArray list = new JsonArray();
        jobs.stream()
                .limit(MOST)
                .forEach(job -> list.add(new JsonArray()
                        .add(job.id())
                        .add(job.type())
                        .add(job.startedAt().toEpochMilli())));
        JsonObject all =
                new JsonObject().put("v", VERSION).put("at", clock.millis()).put("jobs", list);
        List<Request> requests = jobs.isEmpty()
                ? List.of(Request.cmd(Command.HDEL).arg(key).arg(workerId))
                : List.of(
                        Request.cmd(Command.HSET).arg(key).arg(workerId).arg(all.encode()),
                        Request.cmd(Command.PEXPIRE).arg(key).arg(KEPT.toMillis()));
        return Uni.createFrom()
                .completionStage(() -> routes.batch(key, requests, deadline).toCompletionStage())
                .replaceWithVoid();
    }

    @Override
    public Uni<List<LongRunningJob>> of(String queue) {
        String key = RedisKeys.longRunning(queue);
        return Uni.createFrom()
                .completionStage(
                        () -> routes.send(key, Request.cmd(Command.HVALS).arg(key), deadline)
                                .toCompletionStage())
                .map(this::jobs);
    }

    private List<LongRunningJob> jobs(Response reply) {
        List<LongRunningJob> found = new ArrayList<>();
        long oldest = clock.millis() - KEPT.toMillis();
        for (Response worker : reply) {
            JsonObject all = new JsonObject(worker.toString());
            if (all.getInteger("v", 0) == VERSION && all.getLong("at", 0L) >= oldest) {
                for (Object each : all.getJsonArray("jobs")) {
                    JsonArray job = (JsonArray) each;
                    found.add(new LongRunningJob(
                            job.getString(0), job.getString(1), Instant.ofEpochMilli(job.getLong(2))));
                }
            }
        }
        found.sort(Comparator.comparing(LongRunningJob::startedAt));
        return found;
    }
}
