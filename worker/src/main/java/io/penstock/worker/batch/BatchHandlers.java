package io.penstock.worker.batch;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypes;
import io.penstock.common.batch.InvalidBatchException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Which handler does the items of which batch type. Two for one type stop the start, as does one of a type that nobody lists. */
@ApplicationScoped
class BatchHandlers {

    private final Map<String, BatchHandler<?>> single = new HashMap<>();
    private final Map<String, TransactionalBatchHandler<?>> transactional = new HashMap<>();

    @Inject
    BatchHandlers(
            @Any Instance<BatchHandler<?>> handlers,
            @Any Instance<TransactionalBatchHandler<?>> transactionalHandlers,
            BatchTypes types) {
        this((Iterable<BatchHandler<?>>) handlers, transactionalHandlers, types);
    }

    BatchHandlers(
            Iterable<? extends BatchHandler<?>> handlers,
            Iterable<? extends TransactionalBatchHandler<?>> transactionalHandlers,
            BatchTypes types) {
        handlers.forEach(handler ->
                register(handler.type(), types, () -> single.put(handler.type().name(), handler)));
        transactionalHandlers.forEach(handler -> register(
                handler.type(), types, () -> transactional.put(handler.type().name(), handler)));
    }

    private void register(BatchType<?> type, BatchTypes types, Runnable put) {
        if (single.containsKey(type.name()) || transactional.containsKey(type.name())) {
            throw new IllegalStateException("two handlers for batch type '" + type.name() + "'");
        }
        if (types.isSwitchedOff(type)) {
            return;
        }
        try {
            types.named(type.name());
        } catch (InvalidBatchException e) {
            throw new IllegalStateException("no BatchTypeSource lists the batch type '" + type.name() + "'", e);
        }
        put.run();
    }

    Optional<BatchHandler<?>> single(String type) {
        return Optional.ofNullable(single.get(type));
    }

    Optional<TransactionalBatchHandler<?>> transactional(String type) {
        return Optional.ofNullable(transactional.get(type));
    }
}
