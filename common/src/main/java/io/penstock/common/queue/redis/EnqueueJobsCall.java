package io.penstock.common.queue.redis;

import io.penstock.common.job.JobOptions;
import io.penstock.common.queue.Enqueued;
import io.penstock.common.queue.NewJob;
import io.penstock.common.redis.RedisKeys;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The call of enqueue-jobs: what it takes, and how its reply reads. */
final class EnqueueJobsCall {

    private final Streams streams;
    private final List<String> keys = new ArrayList<>();
    private final List<Object> args = new ArrayList<>();
    private final List<Function<String, Enqueued>> readers = new ArrayList<>();

    EnqueueJobsCall(Streams streams) {
        this.streams = streams;
        keys.add(RedisKeys.jobs(streams.queue(), streams.partition()));
        keys.add(RedisKeys.scheduled(streams.queue(), streams.partition()));
        keys.add(RedisKeys.dead(streams.queue(), streams.partition()));
    }

    /** @param given id of the job; null: it gets one here or from Redis */
    void add(NewJob job, int stream, @Nullable String given) {
        JobOptions options = job.options();
        boolean now = options.timing().isNow();
        String id = given != null ? given : now ? "" : JobId.random(streams.queue(), streams.partition());
        args.add(id);
        args.add(positionOf(streams.key(stream)));
        args.add(stream);
        args.add(options.timing()
                .startAt()
                .map(time -> "@" + time.toEpochMilli())
                .orElseGet(() -> Long.toString(options.delay().toMillis())));
        args.add(PlainEnqueuer.header(job, id.isEmpty() ? null : id));
        args.add(job.payload());
        readers.add(answer -> new Enqueued(
                id.isEmpty() ? JobId.plain(streams, stream, answer) : id, job.queue(), !answer.equals("=")));
    }

    private int positionOf(String key) {
        int index = keys.indexOf(key);
        if (index < 0) {
            keys.add(key);
            index = keys.size() - 1;
        }
        return index + 1;
    }

    ScriptCall scriptCall() {
        return new ScriptCall(Scripts.ENQUEUE_JOBS, keys, args);
    }

    List<Enqueued> answers(Response reply) {
        List<Enqueued> answers = new ArrayList<>(readers.size());
        for (int i = 0; i < readers.size(); i++) {
            answers.add(readers.get(i).apply(reply.get(i).toString()));
        }
        return answers;
    }
}
