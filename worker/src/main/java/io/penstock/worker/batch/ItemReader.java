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

/** Reads items as they were given into the class of their type, with its constraints. */
@ApplicationScoped
class ItemReader {

    private final ObjectMapper mapper;
    private final Validator validator;

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
        for (ConstraintViolation<I> violation : validator.validate(value)) {
            throw new UnreadableItemException(violation.getPropertyPath() + ": " + violation.getMessage());
        }
        return value;
    }

    /** The item fails, with this reason. */
    static final class UnreadableItemException extends RuntimeException {

        UnreadableItemException(String reason) {
            super(reason, null, false, false);
        }
    }
}
