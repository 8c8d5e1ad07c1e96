package io.penstock.common.flow.redis;

import io.penstock.common.flow.Guard;
import io.penstock.common.flow.GuardBoard;
import io.penstock.common.flow.GuardReport;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** One small hash, a field per guard and process; whoever reads it clears away what is old. */
@ApplicationScoped
class RedisGuardBoard implements GuardBoard {

    private static final String VERSION = "1";
    /** Of the whole hash, where nobody posts any more. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofHours(1);

    private final RedisRouter routes;
    private final Duration deadline;
    private final InstantSource clock = InstantSource.system();

    @Inject
    RedisGuardBoard(RedisRouter routes, @ConfigProperty(name = "penstock.redis.deadline") Duration deadline) {
        this.routes = routes;
        this.deadline = deadline;
    }

    @Override
    public Uni<Void> post(GuardReport report) {
        String key = RedisKeys.guards();
        List<Request> requests = List.of(
                Request.cmd(Command.HSET).arg(key).arg(field(report)).arg(text(report)),
                Request.cmd(Command.PEXPIRE).arg(key).arg(FORGOTTEN_AFTER.toMillis()));
        return Uni.createFrom()
                .completionStage(() -> routes.batch(key, requests, deadline).toCompletionStage())
                .replaceWithVoid();
    }

    @Override
    public Uni<List<GuardReport>> all() {
        String key = RedisKeys.guards();
        return Uni.createFrom()
                .completionStage(
                        () -> routes.send(key, Request.cmd(Command.HGETALL).arg(key), deadline)
                                .toCompletionStage())
                .map(RedisGuardBoard::reports)
                .call(reports -> clear(reports.stream().filter(this::isOld).toList()))
                .map(reports ->
                        reports.stream().filter(report -> !isOld(report)).toList());
    }

    private Uni<Void> clear(List<GuardReport> old) {
        if (old.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        String key = RedisKeys.guards();
        Request request = Request.cmd(Command.HDEL).arg(key);
        old.forEach(report -> request.arg(field(report)));
        return Uni.createFrom()
                .completionStage(() -> routes.send(key, request, deadline).toCompletionStage())
                .replaceWithVoid();
    }

    private boolean isOld(GuardReport report) {
        return report.at().isBefore(clock.instant().minus(KEPT));
    }

    private static String field(GuardReport report) {
        return report.guard() + "|" + report.process();
    }

    private static String text(GuardReport report) {
        return String.join(
                " ",
                VERSION,
                report.breaker().name(),
                Long.toString(report.calls()),
                Long.toString(report.failures()),
                Long.toString(report.refused()),
                Long.toString(report.openUntil().toEpochMilli()),
                Long.toString(report.pausedUntil().toEpochMilli()),
                Long.toString(report.at().toEpochMilli()));
    }

    private static List<GuardReport> reports(Response reply) {
        List<GuardReport> found = new ArrayList<>();
        for (String field : reply.getKeys()) {
            report(field, reply.get(field).toString()).ifPresent(found::add);
        }
        return found;
    }

    /** Empty for what a newer process wrote in another form. */
    private static Optional<GuardReport> report(String field, String text) {
        int bar = field.lastIndexOf('|');
        String[] words = text.split(" ", -1);
        if (bar < 1 || words.length < 8 || !words[0].equals(VERSION)) {
            return Optional.empty();
        }
        return Optional.of(new GuardReport(
                field.substring(0, bar),
                field.substring(bar + 1),
                Guard.Breaker.valueOf(words[1]),
                Long.parseLong(words[2]),
                Long.parseLong(words[3]),
                Long.parseLong(words[4]),
                Instant.ofEpochMilli(Long.parseLong(words[5])),
                Instant.ofEpochMilli(Long.parseLong(words[6])),
                Instant.ofEpochMilli(Long.parseLong(words[7]))));
    }
}
