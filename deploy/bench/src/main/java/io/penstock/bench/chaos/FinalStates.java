package io.penstock.bench.chaos;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.JobView;
import io.penstock.common.redis.RedisKeys;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Asks Redis for every job of a run. The records of jobs that have ended are read whole, because looking each one up would
 * search them again and again; what is not among them is asked for by id.
 */
final class FinalStates {

    private static final int PAGE = 500;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ChaosEngine engine;
    private final Map<String, Evidence.FinalState> finalStates = new HashMap<>();

    private FinalStates(ChaosEngine engine) {
        this.engine = engine;
    }

    /** By id; ids of which Redis knows nothing are not there. */
    static Map<String, Evidence.FinalState> of(ChaosEngine engine, Collection<String> ids) {
        FinalStates reader = new FinalStates(engine);
        for (int partition = 0; partition < engine.policy().partitions(); partition++) {
            reader.readEnded(RedisKeys.completed(ChaosJob.QUEUE, partition));
        }
        ids.stream().filter(id -> !reader.finalStates.containsKey(id)).forEach(reader::lookUp);
        return reader.finalStates;
    }

    private void readEnded(String key) {
        String from = "-";
        Response page;
        do {
            page = ask(key, from);
            for (Response entry : page) {
                entry.get(1).get(3).toString().lines().forEach(this::readRecord);
                from = "(" + entry.get(0);
            }
        } while (page.size() == PAGE);
    }

    private Response ask(String key, String from) {
        Request request = Request.cmd(Command.XRANGE)
                .arg(key)
                .arg(from)
                .arg("+")
                .arg("COUNT")
                .arg(PAGE);
        return engine.routes()
                .send(key, request, engine.deadline())
                .toCompletionStage()
                .toCompletableFuture()
                .orTimeout(2 * engine.deadline().toMillis(), TimeUnit.MILLISECONDS)
                .join();
    }

    private void readRecord(String line) {
        try {
            JsonNode json = JSON.readTree(line);
            JobState state =
                    switch (json.path("st").asText()) {
                        case "k" -> JobState.CANCELLED;
                        case "x" -> JobState.EXPIRED;
                        default -> JobState.COMPLETED;
                    };
            String reason = json.path("y").asText() + (json.path("ch").asText().equals("i") ? " (ignored)" : "");
            finalStates.put(
                    json.path("i").asText(),
                    new Evidence.FinalState(state, reason, json.path("w").asText()));
        } catch (JsonProcessingException e) {
            throw new ChaosException("a record that is not JSON: " + line, e);
        }
    }

    private void lookUp(String id) {
        Optional<JobView> found =
                engine.queue().find(id).await().atMost(engine.deadline().multipliedBy(2));
        found.ifPresent(job -> finalStates.put(
                id,
                new Evidence.FinalState(
                        job.state(), Optional.ofNullable(job.error()).orElse(""), "")));
    }
}
