package io.penstock.common.docs;

import static org.assertj.core.api.Assertions.assertThat;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import java.io.IOException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ShippedLogConfigTest {

    @ParameterizedTest
    @CsvSource({"prod, , true", "dev, , false", "test, , false", "prod, false, false", "dev, true, true"})
    void linesAreJsonInProductionUnlessToldOtherwise(String profile, @Nullable String said, boolean json)
            throws IOException {
        Map<String, String> environment = said == null ? Map.of() : Map.of("PENSTOCK_LOG_JSON", said);

        boolean enabled = new SmallRyeConfigBuilder()
                .addDefaultInterceptors()
                .withProfile(profile)
                .withSources(
                        new PropertiesConfigSource(
                                ShippedLogConfigTest.class.getResource("/META-INF/microprofile-config.properties"),
                                100),
                        new PropertiesConfigSource(environment, "test", 200))
                .build()
                .getValue("quarkus.log.console.json.enabled", Boolean.class);

        assertThat(enabled).isEqualTo(json);
    }
}
