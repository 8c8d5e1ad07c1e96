package io.penstock.worker.orders;

import io.penstock.common.health.HealthProbe;
import io.penstock.common.orders.ObjectStore;
import io.penstock.common.queue.WorkloadConfig;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;

/** Asks whether the shop's bucket is there and may be read. */
@ApplicationScoped
class ObjectStoreProbe implements HealthProbe {

    private static final String WORKLOAD = "orders";

    private final ObjectStore objects;
    private final boolean on;

    @Inject
    ObjectStoreProbe(ObjectStore objects, WorkloadConfig workloads) {
        this.objects = objects;
        this.on = objects.isPresent() && !workloads.off().contains(WORKLOAD);
    }

    @Override
    public String name() {
        return "object-store";
    }

    @Override
    public boolean isOn() {
        return on;
    }

    @Override
    public Uni<List<String>> check() {
        return objects.check().replaceWith(List.of());
    }
}
