package io.penstock.common.products;

import io.penstock.common.batch.BatchType;
import io.penstock.common.batch.BatchTypeSource;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.List;

/** The batches of product monitoring. */
@ApplicationScoped
public class ProductBatches implements BatchTypeSource {

    /** Each item is a range of products that one call of the scraper reads; a second between calls. */
    public static final BatchType<UpdateRange> UPDATES = BatchType.of("products.update", UpdateRange.class)
            .chunkSize(10)
            .pause(Duration.ofSeconds(1))
            .itemTimeout(Duration.ofMinutes(2));

    @Override
    public List<BatchType<?>> batchTypes() {
        return List.of(UPDATES);
    }
}
