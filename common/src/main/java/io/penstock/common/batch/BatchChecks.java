package io.penstock.common.batch;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.history.StorableText;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.queue.JobTypes;
import io.penstock.common.queue.PayloadCodec;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Checks what callers ask for, before anything is stored. */
@ApplicationScoped
class BatchChecks {

    static final int MAX_NAME = 200;
    static final int DEFAULT_CONCURRENCY = 5;
    /** Characters of JSON: it is read with every run, and told with every item. */
    static final int MAX_CONFIG = 16_384;
    /** Batches that follow one another in one request. */
    private static final int MAX_CHAIN = 10;

    private static final int MAX_TENANT = 100;

    private final BatchTypes types;
    private final JobTypes jobTypes;
    private final PayloadCodec codec;
    private final BatchConfig config;

    @Inject
    BatchChecks(BatchTypes types, JobTypes jobTypes, PayloadCodec codec, BatchConfig config) {
        this.types = types;
        this.jobTypes = jobTypes;
        this.codec = codec;
        this.config = config;
    }

    /** Fails with {@link InvalidBatchException}. */
    CheckedBatch checked(BatchSpec spec, @Nullable UUID parent, Instant now, String by, String byName) {
        checkChain(spec);
        String typeName = spec.type();
        if (typeName == null) {
            throw new InvalidBatchException("type", "is missing");
        }
        BatchType<?> type = types.named(typeName);
        checkLength("name", spec.name(), MAX_NAME);
        checkLength("tenant", spec.tenant(), MAX_TENANT);
        if (spec.items() != null && spec.range() != null) {
            throw new InvalidBatchException("range", "must not be given together with items");
        }
        if (spec.items() != null && spec.items().size() > config.maxItems()) {
            throw new InvalidBatchException("items", "must be at most " + config.maxItems());
        }
        long from = 0;
        long size = 0;
        if (spec.range() != null) {
            Numbers numbers = checkedRange(spec.range());
            from = numbers.from();
            size = numbers.size();
        }
        if (spec.startAt() != null && spec.startAt().isAfter(now.plus(JobOptions.MAX_DELAY))) {
            throw new InvalidBatchException(
                    "startAt", "must be at most " + JobOptions.MAX_DELAY.toDays() + " days from now");
        }
        return new CheckedBatch(
                type,
                spec.name(),
                spec.tenant(),
                parent,
                Boolean.TRUE.equals(spec.open()),
                from,
                size,
                within("chunkSize", spec.chunkSize(), 1, BatchType.MAX_CHUNK, type.chunkSize()),
                !Boolean.FALSE.equals(spec.adaptive()),
                within("concurrency", spec.concurrency(), 1, BatchType.MAX_AT_ONCE, DEFAULT_CONCURRENCY),
                within("priority", spec.priority(), 0, JobOptions.MAX_PRIORITY, 0),
                spec.startAt(),
                spec.conflict() == null
                        ? ConflictStrategy.SKIP
                        : ConflictStrategy.ofWire(spec.conflict())
                                .orElseThrow(() -> new InvalidBatchException(
                                        "conflict", "must be one of " + ConflictStrategy.wires())),
                checkedConfig(spec.config()),
                checkedCallbacks(spec.callbacks()),
                spec.followedBy(),
                by,
                byName);
    }

    private void checkChain(BatchSpec spec) {
        int length = 0;
        for (BatchSpec next = spec.followedBy(); next != null; next = next.followedBy()) {
            if (++length > MAX_CHAIN) {
                throw new InvalidBatchException("followedBy", "must be at most " + MAX_CHAIN + " batches in a row");
            }
            if (Boolean.TRUE.equals(next.open())) {
                throw new InvalidBatchException(
                        "followedBy.open", "nobody could give it items before it exists; leave 'open' out");
            }
            try {
                checked(next.toBuilder().followedBy(null).build(), null, Instant.now(), "", "");
            } catch (InvalidBatchException e) {
                throw new InvalidBatchException("followedBy." + e.field(), e.reason());
            }
        }
    }

    private Numbers checkedRange(BatchSpec.Range range) {
        Long from = range.from();
        Long to = range.to();
        if (from == null || to == null) {
            throw new InvalidBatchException(from == null ? "range.from" : "range.to", "is missing");
        }
        if (to < from) {
            throw new InvalidBatchException("range.to", "must not be below range.from");
        }
        // Both may be far from zero: compared without a difference that overflows.
        if (from < -(1L << 53) || to > (1L << 53) || to - from >= config.maxItems()) {
            throw new InvalidBatchException(
                    "range", "must be at most " + config.maxItems() + " numbers, each within 2^53");
        }
        return new Numbers(from, to - from + 1);
    }

    private record Numbers(long from, long size) {}

    private static JsonObject checkedConfig(@Nullable JsonNode config) {
        if (config == null || config.isNull()) {
            return new JsonObject();
        }
        if (!config.isObject()) {
            throw new InvalidBatchException("config", "must be an object");
        }
        String text = StorableText.json(config.toString(), MAX_CONFIG);
        if (text == null) {
            throw new InvalidBatchException("config", "must be at most " + MAX_CONFIG + " characters of JSON");
        }
        return new JsonObject(text);
    }

    private BatchCallbacks checkedCallbacks(@Nullable BatchCallbacks callbacks) {
        if (callbacks == null) {
            return BatchCallbacks.NONE;
        }
        for (BatchCallbacks.Event event : BatchCallbacks.Event.values()) {
            BatchCallback callback = callbacks.of(event);
            if (callback != null) {
                check(callback, field(event));
            }
        }
        return callbacks;
    }

    private static String field(BatchCallbacks.Event event) {
        return "callbacks."
                + switch (event) {
                    case COMPLETE -> "onComplete";
                    case SUCCESS -> "onSuccess";
                    case FAILURE -> "onFailure";
                };
    }

    private void check(BatchCallback callback, String field) {
        String type = callback.type();
        if (type == null) {
            throw new InvalidBatchException(field + ".type", "is missing");
        }
        try {
            encoded(callback, new UUID(0, 0));
        } catch (UnknownJobTypeException e) {
            throw new InvalidBatchException(field + ".type", String.valueOf(e.getMessage()));
        } catch (InvalidJobException e) {
            throw new InvalidBatchException(field + "." + e.field(), e.reason());
        }
    }

    /**
     * The job of a callback: its type, and its payload for the batch.
     *
     * <p>Fails with {@link UnknownJobTypeException} or {@link InvalidJobException}.
     */
    Callback<?> encoded(BatchCallback callback, UUID batch) {
        return encoded(jobTypes.named(String.valueOf(callback.type())), callback, batch);
    }

    private <P> Callback<P> encoded(JobType<P> type, BatchCallback callback, UUID batch) {
        JsonNode payload = callback.payload() == null || callback.payload().isNull()
                ? JsonNodeFactory.instance.objectNode()
                : callback.payload().deepCopy();
        if (callback.batchIdAs() != null) {
            if (!(payload instanceof ObjectNode object)) {
                throw new InvalidJobException("payload", "must be an object to take the id of the batch");
            }
            object.put(callback.batchIdAs(), batch.toString());
        }
        P read = codec.read(payload, type.payloadClass());
        codec.encode(type, read);
        return new Callback<>(type, read);
    }

    record Callback<P>(JobType<P> type, P payload) {}

    private static int within(String field, @Nullable Integer value, int least, int most, int otherwise) {
        if (value == null) {
            return otherwise;
        }
        if (value < least || value > most) {
            throw new InvalidBatchException(field, "must be between " + least + " and " + most);
        }
        return value;
    }

    private static void checkLength(String field, @Nullable String text, int most) {
        if (text != null
                && (text.isBlank() || text.length() > most || text.chars().anyMatch(c -> c < ' '))) {
            throw new InvalidBatchException(
                    field, "must be 1 to " + most + " characters, without control characters, and not blank");
        }
    }
}
