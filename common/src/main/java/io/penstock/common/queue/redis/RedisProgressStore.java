package io.penstock.common.queue.redis;

import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobLogLine;
import io.penstock.common.queue.JobOutput;
import io.penstock.common.queue.JobProgress;
import io.penstock.common.queue.ProgressStore;
import io.penstock.common.queue.ProgressUpdate;
import io.penstock.common.queue.QueuePolicies;
import io.penstock.common.queue.QueuePolicy;
import io.penstock.common.redis.RedisKeys;
import io.penstock.common.redis.RedisRouter;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A hash and a list per job, for jobs that say something. Progress is stored as {@code 1;<percent>;<done>;<total>;
 * <attempt>;<epoch ms>;<message>}, a line as {@code 1;<epoch ms>;<attempt>;<text>}.
 */
public final class RedisProgressStore implements ProgressStore {

    private static final String VERSION = "1";

    private final RedisRouter routes;
    private final QueuePolicies policies;
    private final Duration deadline;
    private final Duration keep;
    private final int maxLines;

    /**
     * @param keep how long words are kept after the last write
     * @param maxLines lines kept of one job
     */
    public RedisProgressStore(
            RedisRouter routes, QueuePolicies policies, Duration deadline, Duration keep, int maxLines) {
        this.routes = routes;
        this.policies = policies;
        this.deadline = deadline;
        this.keep = keep;
        this.maxLines = maxLines;
    }

    @Override
    public Uni<Void> write(String queue, int partition, List<ProgressUpdate> updates) {
        List<String> keys = new ArrayList<>(updates.size() * 2);
        List<Object> args = new ArrayList<>();
        args.add(keep.toMillis());
        args.add(maxLines);
        for (ProgressUpdate update : updates) {
            keys.add(RedisKeys.output(queue, partition, update.jobId()));
            keys.add(RedisKeys.lines(queue, partition, update.jobId()));
            JobProgress progress = update.progress();
            args.add(progress == null ? "" : encode(progress));
            args.add(update.lines().size());
            update.lines().forEach(line -> args.add(encode(line)));
        }
        return RedisResults.uni(() -> routes.run(Scripts.WRITE_PROGRESS, keys, args, deadline))
                .replaceWithVoid();
    }

    @Override
    public Uni<JobOutput> find(String jobId) {
        return RedisResults.uni(
                () -> ofAnyQueue(jobId, (queue, partition) -> words(RedisKeys.output(queue, partition, jobId)))
                        .map(replies -> replies.stream()
                                .map(RedisProgressStore::output)
                                .filter(said -> !said.equals(JobOutput.NOTHING))
                                .findFirst()
                                .orElse(JobOutput.NOTHING)));
    }

    @Override
    public Uni<List<JobLogLine>> lines(String jobId) {
        return RedisResults.uni(
                () -> ofAnyQueue(jobId, (queue, partition) -> allLines(RedisKeys.lines(queue, partition, jobId)))
                        .map(replies -> replies.stream()
                                .filter(reply -> reply.size() > 0)
                                .findFirst()
                                .map(RedisProgressStore::lines)
                                .orElse(List.of())));
    }

    private Future<Response> words(String key) {
        Request fields = Request.cmd(Command.HMGET)
                .arg(key)
                .arg("progress")
                .arg("state")
                .arg("result")
                .arg("reason")
                .arg("ended")
                .arg("until")
                .arg("type");
        return routes.send(key, fields, deadline);
    }

    private Future<Response> allLines(String key) {
        return routes.send(key, Request.cmd(Command.LRANGE).arg(key).arg(0).arg(-1), deadline);
    }

    /** What is asked of a key of one partition. */
    private interface Question {
        Future<Response> ask(String queue, int partition);
    }

    /** An explicit id does not tell its queue, so that all are asked. An id that cannot be one is not looked for. */
    private Future<List<Response>> ofAnyQueue(String jobId, Question question) {
        List<Future<Response>> calls = new ArrayList<>();
        Optional<JobId.Place> place = JobId.place(jobId);
        if (place.isPresent()) {
            JobId.Place at = place.get();
            policies.find(at.queue())
                    .filter(policy -> at.partition() < policy.partitions())
                    .ifPresent(policy -> calls.add(question.ask(at.queue(), at.partition())));
        } else if (JobId.isExplicit(jobId)) {
            for (QueuePolicy policy : policies.all()) {
                int partition = JobId.partitionOf(jobId, policy.partitions());
                calls.add(question.ask(policy.queue(), partition));
            }
        }
        return calls.isEmpty()
                ? Future.succeededFuture(List.of())
                : Future.all(calls)
                        .map(done -> calls.stream().map(Future::result).toList());
    }

    private static JobOutput output(Response reply) {
        String state = text(reply, 1);
        JobOutput.End end = state == null
                        || Instant.now()
                                .isAfter(Instant.ofEpochMilli(reply.get(5).toLong()))
                ? null
                : new JobOutput.End(
                        String.valueOf(reply.get(6)),
                        stateOf(state),
                        text(reply, 2),
                        text(reply, 3),
                        Instant.ofEpochMilli(reply.get(4).toLong()));
        String progress = text(reply, 0);
        JobProgress read = progress == null ? null : decodeProgress(progress);
        return read == null && end == null ? JobOutput.NOTHING : new JobOutput(read, end);
    }

    static JobState stateOf(String letter) {
        return switch (letter) {
            case "c" -> JobState.COMPLETED;
            case "x" -> JobState.EXPIRED;
            case "k" -> JobState.CANCELLED;
            case "d" -> JobState.DEAD;
            default -> throw new UnreadableJobException("end of a job in an unknown state '" + letter + "'");
        };
    }

    private static @Nullable String text(Response reply, int position) {
        Response value = reply.get(position);
        return value == null ? null : value.toString();
    }

    private static String encode(JobProgress progress) {
        return String.join(
                ";",
                VERSION,
                Integer.toString(progress.percent()),
                progress.done() == null ? "" : progress.done().toString(),
                progress.total() == null ? "" : progress.total().toString(),
                Integer.toString(progress.attempt()),
                Long.toString(progress.at().toEpochMilli()),
                progress.message() == null ? "" : progress.message());
    }

    /** Null for what a newer version wrote. */
    private static @Nullable JobProgress decodeProgress(String text) {
        String[] parts = text.split(";", 7);
        if (parts.length < 7 || !parts[0].equals(VERSION)) {
            return null;
        }
        return new JobProgress(
                Integer.parseInt(parts[1]),
                parts[6].isEmpty() ? null : parts[6],
                parts[2].isEmpty() ? null : Long.valueOf(parts[2]),
                parts[3].isEmpty() ? null : Long.valueOf(parts[3]),
                Integer.parseInt(parts[4]),
                Instant.ofEpochMilli(Long.parseLong(parts[5])));
    }

    private static String encode(JobLogLine line) {
        return VERSION + ";" + line.at().toEpochMilli() + ";" + line.attempt() + ";" + line.text();
    }

    private static List<JobLogLine> lines(Response reply) {
        List<JobLogLine> lines = new ArrayList<>(reply.size());
        for (Response line : reply) {
            String[] parts = line.toString().split(";", 4);
            if (parts.length == 4 && parts[0].equals(VERSION)) {
                lines.add(new JobLogLine(
                        Instant.ofEpochMilli(Long.parseLong(parts[1])), Integer.parseInt(parts[2]), parts[3]));
            }
        }
        return lines;
    }
}
