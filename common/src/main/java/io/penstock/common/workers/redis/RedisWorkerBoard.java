package io.penstock.common.workers.redis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.penstock.common.workers.LiveWorker;
import io.penstock.common.workers.WorkerBoard;
import io.penstock.common.workers.WorkerOrder;
import io.penstock.common.workers.WorkerProfile;
import io.penstock.common.workers.WorkerState;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** A hash for each process, a sorted set that names them by their latest heartbeat, and a hash for each step of figures. */
@ApplicationScoped
public class RedisWorkerBoard implements WorkerBoard {

    private static final Logger LOG = Logger.getLogger(RedisWorkerBoard.class);

    private static final LuaScript BEAT = LuaScript.load("beat-worker");
    private static final LuaScript ORDER = LuaScript.load("order-worker");

    /** Of what is written; readers pass over what they do not know. */
    private static final String FORMAT = "1";

    private static final ObjectMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();

    private final RedisRouter routes;
    private final Duration deadline;

    @Inject
    public RedisWorkerBoard(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Answer> beat(
            String worker,
            Optional<WorkerProfile> profile,
            boolean first,
            WorkerState state,
            Map<String, Long> figures) {
        List<Object> args = new ArrayList<>(8 + 2 * figures.size());
        args.add(worker);
        args.add(FORMAT + json(state));
        args.add(profile.map(known -> FORMAT + json(known)).orElse(""));
        args.add(first ? 1 : 0);
        args.add(KEPT.toMillis());
        args.add(FIGURES_KEPT.toMillis());
        figures.forEach((name, count) -> {
            args.add(name);
            args.add(count);
        });
        List<String> keys =
                List.of(RedisKeys.LIVE_WORKERS, RedisKeys.worker(worker), RedisKeys.figures(stepOf(Instant.now())));
        return uni(() -> routes.run(BEAT, keys, args, deadline))
                .map(reply -> new Answer(
                        WorkerOrder.of(reply.get(1).toString()),
                        reply.get(2).toInteger() == 1,
                        Instant.ofEpochMilli(reply.get(0).toLong())));
    }

    @Override
    public Uni<Void> leave(String worker) {
        List<Request> requests = List.of(
                Request.cmd(Command.ZREM).arg(RedisKeys.LIVE_WORKERS).arg(worker),
                Request.cmd(Command.DEL).arg(RedisKeys.worker(worker)));
        return Uni.createFrom()
                .completionStage(() ->
                        routes.batch(RedisKeys.LIVE_WORKERS, requests, deadline).toCompletionStage())
                .replaceWithVoid();
    }

    @Override
    public Uni<List<LiveWorker>> all() {
        Request latestFirst = Request.cmd(Command.ZRANGE)
                .arg(RedisKeys.LIVE_WORKERS)
                .arg(0)
                .arg(MOST - 1)
                .arg("REV");
        return uni(() -> routes.send(RedisKeys.LIVE_WORKERS, latestFirst, deadline))
                .map(ids -> ids.stream().map(Response::toString).toList())
                .chain(this::read);
    }

    @Override
    public Uni<Optional<LiveWorker>> find(String worker) {
        return read(List.of(worker)).map(found -> found.stream().findFirst());
    }

    private Uni<List<LiveWorker>> read(List<String> ids) {
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        List<Request> requests = new ArrayList<>(ids.size() + 1);
        requests.add(Request.cmd(Command.TIME));
        ids.forEach(id -> requests.add(Request.cmd(Command.HMGET)
                .arg(RedisKeys.worker(id))
                .arg("seen")
                .arg("profile")
                .arg("state")
                .arg("order")));
        return Uni.createFrom()
                .completionStage(() ->
                        routes.batch(RedisKeys.LIVE_WORKERS, requests, deadline).toCompletionStage())
                .map(replies -> workers(ids, replies));
    }

    @Override
    public Uni<Boolean> order(String worker, WorkerOrder order) {
        List<Object> args = List.of(worker, order.text(), LiveWorker.LOST_AFTER.toMillis());
        List<String> keys = List.of(RedisKeys.LIVE_WORKERS, RedisKeys.worker(worker));
        return uni(() -> routes.run(ORDER, keys, args, deadline)).map(reply -> reply.toInteger() == 1);
    }

    @Override
    public Uni<List<Map<String, Long>>> figures(Instant from, int count) {
        List<Request> requests = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            requests.add(Request.cmd(Command.HGETALL).arg(RedisKeys.figures(stepOf(from.plus(STEP.multipliedBy(i))))));
        }
        return Uni.createFrom()
                .completionStage(() ->
                        routes.batch(RedisKeys.LIVE_WORKERS, requests, deadline).toCompletionStage())
                .map(replies -> replies.stream().map(RedisWorkerBoard::figures).toList());
    }

    private static long stepOf(Instant time) {
        return time.toEpochMilli() / STEP.toMillis();
    }

    private static Map<String, Long> figures(Response reply) {
        Map<String, Long> figures = new HashMap<>();
        if (reply.isMap()) {
            reply.getKeys().forEach(name -> figures.put(name, reply.get(name).toLong()));
        } else {
            for (int i = 0; i + 1 < reply.size(); i += 2) {
                figures.put(reply.get(i).toString(), reply.get(i + 1).toLong());
            }
        }
        return figures;
    }

    private static List<LiveWorker> workers(List<String> ids, List<Response> replies) {
        Response time = replies.get(0);
        long now = time.get(0).toLong() * 1_000 + time.get(1).toLong() / 1_000;
        List<LiveWorker> found = new ArrayList<>(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            worker(ids.get(i), replies.get(i + 1), now).ifPresent(found::add);
        }
        return found;
    }

    /** Empty for one that has just gone, or speaks in another form. */
    private static Optional<LiveWorker> worker(String id, Response reply, long now) {
        String seen = text(reply.get(0));
        String profile = text(reply.get(1));
        String state = text(reply.get(2));
        if (seen.isEmpty() || !profile.startsWith(FORMAT) || !state.startsWith(FORMAT)) {
            return Optional.empty();
        }
        try {
            long seenMs = Long.parseLong(seen);
            return Optional.of(new LiveWorker(
                    id,
                    JSON.readValue(profile.substring(FORMAT.length()), WorkerProfile.class),
                    JSON.readValue(state.substring(FORMAT.length()), WorkerState.class),
                    WorkerOrder.of(text(reply.get(3))),
                    Instant.ofEpochMilli(seenMs),
                    Duration.ofMillis(Math.max(0, now - seenMs))));
        } catch (JsonProcessingException e) {
            LOG.debugf("worker %s is passed over: %s", id, e.getOriginalMessage());
            return Optional.empty();
        }
    }

    private static String text(@Nullable Response value) {
        return value == null ? "" : value.toString();
    }

    private static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a worker cannot say how it is", e);
        }
    }

    private static Uni<Response> uni(Supplier<Future<Response>> call) {
        return Uni.createFrom().completionStage(() -> call.get().toCompletionStage());
    }
}
