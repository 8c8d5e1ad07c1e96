package io.penstock.worker.batch;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.Chunk;
import io.penstock.common.queue.StrictMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Reads items as they were given into the class of their type, with its constraints. */
@ApplicationScoped
class ItemReader {

    private final ObjectMapper mapper;
    private final Validator validator;
    /** Few: classes of items. Those without a constraint need no validation each. */
    private final Map<Class<?>, Boolean> constrained = new ConcurrentHashMap<>();

    @Inject
    ItemReader(ObjectMapper mapper, Validator validator) {
        this.mapper = StrictMapper.exact(mapper.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        this.validator = validator;
    }

    /** Fails with {@link UnreadableItemException}. */
    <I> I read(BatchType<I> type, Chunk.Item item) {
        if (item.fault() != null) {
            throw new UnreadableItemException(item.fault());
        }
        I value;
        try {
            value = mapper.readValue(item.json(), type.itemClass());
        } catch (JsonProcessingException e) {
            throw new UnreadableItemException(
                    "is no " + type.itemClass().getSimpleName() + ": " + e.getOriginalMessage());
        }
        if (value == null) {
            throw new UnreadableItemException("is null");
        }
        if (isConstrained(value.getClass())) {
            for (ConstraintViolation<I> violation : validator.validate(value)) {
                throw new UnreadableItemException(violation.getPropertyPath() + ": " + violation.getMessage());
            }
        }
        return value;
    }

    private boolean isConstrained(Class<?> itemClass) {
        return constrained.computeIfAbsent(
                itemClass, one -> validator.getConstraintsForClass(one).isBeanConstrained());
    }

    /** The item fails, with this reason. */
    static final class UnreadableItemException extends RuntimeException {

        UnreadableItemException(String reason) {
            super(reason, null, false, false);
        }
    }
}
