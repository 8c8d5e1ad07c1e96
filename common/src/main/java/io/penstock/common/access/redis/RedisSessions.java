package io.penstock.common.access.redis;

import io.penstock.common.access.LoggedIn;
import io.penstock.common.access.Session;
import io.penstock.common.access.Sessions;
import io.penstock.common.queue.QueueUnavailableException;
import io.penstock.common.queue.QueueUnavailableException.Effect;
import io.penstock.common.redis.LuaScript;
import io.penstock.common.redis.NotSentException;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** One script a request; Redis's clock decides what has ended. The formats are described with the package. */
@ApplicationScoped
public class RedisSessions implements Sessions {

    private static final LuaScript OPEN_SESSION = LuaScript.load("open-session");
    private static final LuaScript USE_SESSION = LuaScript.load("use-session");
    private static final LuaScript END_SESSIONS = LuaScript.load("end-sessions");

    private static final String VERSION = "1";
    private static final int PARTS = 6;
    private static final int LINK_PARTS = 5;

    /** The end of a busy session is written once in so long, not with every request. */
    private static final Duration BETWEEN_WRITES = Duration.ofHours(1);

    private final RedisRouter routes;
    private final Duration deadline;

    @Inject
    public RedisSessions(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Session> open(LoggedIn who, String digest) {
        return told(() -> routes.run(
                        OPEN_SESSION,
                        List.of(RedisKeys.sessions(who.subject())),
                        List.of(digest, text(who), LIFE.toMillis(), MOST_OF_A_SUBJECT),
                        deadline))
                .map(value -> session(who.subject(), value.toString()).orElseThrow());
    }

    @Override
    public Uni<Optional<Session>> use(String subject, String digest) {
        return told(() -> routes.run(
                        USE_SESSION,
                        List.of(RedisKeys.sessions(subject)),
                        List.of(digest, LIFE.toMillis(), BETWEEN_WRITES.toMillis()),
                        deadline))
                .map(value -> value == null ? Optional.empty() : session(subject, value.toString()));
    }

    @Override
    public Uni<Void> end(String subject, String digest) {
        String key = RedisKeys.sessions(subject);
        return told(() -> routes.send(key, Request.cmd(Command.HDEL).arg(key).arg(digest), deadline))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> endAll(String subject, @Nullable String keep) {
        return told(() -> routes.run(
                        END_SESSIONS,
                        List.of(RedisKeys.sessions(subject)),
                        List.of(keep == null ? "" : keep),
                        deadline))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> addLink(LoggedIn who, String digest, Duration life) {
        String key = RedisKeys.logInLink(digest);
        Request set = Request.cmd(Command.SET)
                .arg(key)
                .arg(VERSION + ";" + who.subject() + ";" + text(who))
                .arg("PX")
                .arg(life.toMillis());
        return told(() -> routes.send(key, set, deadline)).replaceWithVoid();
    }

    @Override
    public Uni<Optional<LoggedIn>> takeLink(String digest) {
        String key = RedisKeys.logInLink(digest);
        return told(() -> routes.send(key, Request.cmd(Command.GETDEL).arg(key), deadline))
                .map(value -> value == null ? Optional.empty() : link(value.toString()));
    }

    private static String text(LoggedIn who) {
        return who.role() + ";" + who.credential() + ";" + who.name();
    }

    /** One that a later version wrote is none: whoever shows it logs in again. */
    private static Optional<Session> session(String subject, String value) {
        String[] parts = value.split(";", PARTS);
        if (parts.length != PARTS || !parts[0].equals(VERSION)) {
            return Optional.empty();
        }
        return Optional.of(new Session(
                new LoggedIn(subject, parts[5], parts[3], parts[4]),
                Instant.ofEpochMilli(Long.parseLong(parts[2])),
                Instant.ofEpochMilli(Long.parseLong(parts[1]))));
    }

    private static Optional<LoggedIn> link(String value) {
        String[] parts = value.split(";", LINK_PARTS);
        return parts.length == LINK_PARTS && parts[0].equals(VERSION)
                ? Optional.of(new LoggedIn(parts[1], parts[4], parts[2], parts[3]))
                : Optional.empty();
    }

    private static Uni<@Nullable Response> told(Supplier<Future<Response>> call) {
        return Uni.createFrom()
                .<@Nullable Response>emitter(emitter -> call.get().onComplete(result -> {
                    if (result.succeeded()) {
                        emitter.complete(result.result());
                    } else {
                        emitter.fail(unavailable(result.cause()));
                    }
                }));
    }

    private static QueueUnavailableException unavailable(Throwable failure) {
        return new QueueUnavailableException(
                "Redis cannot serve sessions: " + failure.getMessage(),
                failure instanceof NotSentException ? Effect.NOT_SENT : Effect.UNKNOWN,
                failure);
    }
}
