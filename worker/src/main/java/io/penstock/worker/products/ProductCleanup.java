package io.penstock.worker.products;

import io.penstock.common.products.ProductMonths;
import io.penstock.common.products.ProductRetention;
import io.penstock.common.products.ProductsConfig;
import io.penstock.common.retention.OldData;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Instant;
import java.time.InstantSource;

/** What of product monitoring the daily cleanup drops: months of the history by its own settings, all else by the age that the job says. */
@ApplicationScoped
class ProductCleanup implements OldData {

    private final ProductMonths months;
    private final ProductRetention retention;
    private final ProductsConfig.History history;
    private final InstantSource clock = InstantSource.system();

    @Inject
    ProductCleanup(ProductMonths months, ProductRetention retention, ProductsConfig config) {
        this.months = months;
        this.retention = retention;
        this.history = config.history();
    }

    @Override
    public String name() {
        return "products";
    }

    @Override
    public Uni<Integer> forget(Instant before, int most) {
        Instant now = clock.instant();
        return months.dropBefore(now.minus(history.readings()), now.minus(history.days()))
                .chain(() -> retention.forget(before, most));
    }
}
