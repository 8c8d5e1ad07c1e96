package io.penstock.common.queue.redis;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobState;
import io.penstock.common.queue.Cancellation;
import io.penstock.common.queue.ClaimedJob;
import io.penstock.common.queue.FinishedJob;
import io.penstock.common.queue.JobView;
import io.penstock.common.queue.QueuePolicy;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A retained ended job (completed, cancelled, expired) as one line of JSON. Short names: there may be many. */
final class CompletedRecord {

    /** Characters of JSON; a larger result is left out of the record. */
    static final int MAX_RESULT = 8_192;

    private static final JsonFactory JSON = new JsonFactory();
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private CompletedRecord() {}

    static String encode(FinishedJob finished, String worker) {
        ClaimedJob job = finished.job();
        StringWriter line = new StringWriter(192);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            json.writeNumberField("v", 1);
            json.writeStringField("i", job.id());
            json.writeStringField("t", job.type());
            json.writeNumberField("p", job.priority());
            json.writeNumberField("a", job.attempt());
            json.writeNumberField("m", job.maxAttempts());
            json.writeNumberField("s", job.stalls());
            json.writeNumberField("e", job.enqueuedAt().toEpochMilli());
            json.writeNumberField("b", finished.startedAt().toEpochMilli());
            json.writeNumberField("f", finished.finishedAt().toEpochMilli());
            json.writeStringField("w", worker);
            writeLabels(json, job.labels());
            writeRelated(json, job);
            String result = finished.result();
            if (result != null && result.length() <= MAX_RESULT) {
                json.writeStringField("r", result);
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException("writing to memory cannot fail", e);
        }
        return line.toString();
    }

    /** As its header has it. */
    private static void writeRelated(JsonGenerator json, ClaimedJob job) throws IOException {
        JobExtras extras = StreamLease.of(job).header().extras();
        if (extras.parent() != null) {
            json.writeStringField("up", extras.parent());
        }
        if (extras.children() != null) {
            json.writeStringField("dn", extras.children());
        }
    }

    private static void writeLabels(JsonGenerator json, JobLabels labels) throws IOException {
        if (labels.equals(JobLabels.NONE)) {
            return;
        }
        if (labels.group().isPresent()) {
            json.writeStringField("g", labels.group().get());
        }
        if (labels.tenant().isPresent()) {
            json.writeStringField("n", labels.tenant().get());
        }
        if (!labels.tags().isEmpty()) {
            json.writeArrayFieldStart("l");
            for (String tag : labels.tags()) {
                json.writeString(tag);
            }
            json.writeEndArray();
        }
    }

    /** Empty when the line is no record. */
    static Optional<JobView> decode(QueuePolicy policy, String line) {
        try {
            JsonNode json = MAPPER.readTree(line);
            return Optional.of(view(json.path("i").asText(), policy, json));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static JobView view(String jobId, QueuePolicy policy, JsonNode json) {
        // Written as 0 where the queue's policy decides.
        int maxAttempts = json.path("m").asInt();
        return JobView.builder(jobId, json.path("t").asText(), policy.queue(), stateOf(json))
                .priority(json.path("p").asInt())
                .attempts(json.path("a").asInt())
                .maxAttempts(maxAttempts > 0 ? maxAttempts : policy.attempts().max())
                .stalls(json.path("s").asInt())
                .enqueuedAt(instant(json, "e"))
                .startedAt(instant(json, "b"))
                .finishedAt(instant(json, "f"))
                .error(json.path("y").textValue())
                .result(json.path("r").textValue())
                .worker(json.path("w").textValue())
                .labels(labels(json))
                .related(JobExtras.related(
                        json.path("up").textValue(), json.path("dn").textValue()))
                .cancellation(cancellation(json))
                .build();
    }

    private static @Nullable Cancellation cancellation(JsonNode json) {
        Instant requestedAt = instant(json, "ca");
        if (requestedAt == null) {
            return null;
        }
        return new Cancellation(
                requestedAt,
                json.path("ch").asText().equals("i") ? Cancellation.Status.FORCED : Cancellation.Status.ACKNOWLEDGED);
    }

    private static JobState stateOf(JsonNode json) {
        return switch (json.path("st").asText()) {
            case "k" -> JobState.CANCELLED;
            case "x" -> JobState.EXPIRED;
            default -> JobState.COMPLETED;
        };
    }

    private static JobLabels labels(JsonNode json) {
        List<String> tags = new ArrayList<>();
        json.path("l").forEach(tag -> tags.add(tag.asText()));
        return new JobLabels(
                Optional.ofNullable(json.path("g").textValue()),
                Optional.ofNullable(json.path("n").textValue()),
                tags);
    }

    private static @Nullable Instant instant(JsonNode json, String field) {
        return json.has(field) ? Instant.ofEpochMilli(json.path(field).asLong()) : null;
    }
}
