package io.penstock.common.queue;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** All upgrades of this deployment. Fails on two for one job type. */
@ApplicationScoped
public class PayloadUpgrades {

    private final Map<String, PayloadUpgrade> byType = new HashMap<>();

    @Inject
    public PayloadUpgrades(@Any Instance<PayloadUpgrade> upgrades) {
        this((Iterable<PayloadUpgrade>) upgrades);
    }

    /** For programs without a bean container. */
    public PayloadUpgrades(Iterable<PayloadUpgrade> upgrades) {
        for (PayloadUpgrade upgrade : upgrades) {
            String type = upgrade.type().name();
            if (byType.putIfAbsent(type, upgrade) != null) {
                throw new IllegalStateException("two payload upgrades for job type '" + type + "'");
            }
        }
    }

    public static PayloadUpgrades none() {
        return new PayloadUpgrades(List.of());
    }

    Optional<PayloadUpgrade> find(String type) {
        return Optional.ofNullable(byType.get(type));
    }
}
