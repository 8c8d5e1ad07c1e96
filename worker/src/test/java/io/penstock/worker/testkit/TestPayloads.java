package io.penstock.worker.testkit;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.penstock.common.queue.PayloadCipher;
import io.penstock.common.queue.PayloadCodec;
import io.penstock.common.queue.PayloadUpgrade;
import io.penstock.common.queue.PayloadUpgrades;
import jakarta.validation.Validation;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;

/** Payloads as the platform reads and writes them, with its checks and with a key for encrypted types. */
final class TestPayloads {

    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final long LIMIT_BYTES = 65_536;

    private TestPayloads() {}

    static PayloadCodec codec(PayloadUpgrade... upgrades) {
        return new PayloadCodec(
                new ObjectMapper().registerModule(new JavaTimeModule()),
                Validation.byProvider(HibernateValidator.class)
                        .configure()
                        .messageInterpolator(new ParameterMessageInterpolator())
                        .buildValidatorFactory()
                        .getValidator(),
                LIMIT_BYTES,
                new PayloadCipher(Map.of("test", KEY), "test", Set.of()),
                new PayloadUpgrades(List.of(upgrades)));
    }
}
