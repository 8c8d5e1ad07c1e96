package io.penstock.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Images, the compose file and the units of systemd name files that exist, and give processes neither rights nor too little time. */
class ImagesAndUnitsTest {

    private static final Path CONTAINERS = Manifests.HOME.resolve("deploy/containers");
    private static final Path UNITS = Manifests.HOME.resolve("deploy/systemd");
    private static final Pattern DRAIN_GRACE = Pattern.compile("TimeoutStopSec=(\\d+)");
    private static final int DRAIN_SECONDS = 20;

    @ParameterizedTest
    @ValueSource(strings = {"jvm.Dockerfile", "native.Dockerfile"})
    void imagesRunAsAUserWithANumberAndNameTheirBase(String file) {
        String text = Manifests.text(CONTAINERS.resolve(file));
        assertThat(text).containsPattern("(?m)^USER \\d+:\\d+$").doesNotContain(":latest");
        assertThat(text).doesNotContainPattern("(?m)^(ENV|ARG) .*(PASSWORD|SECRET|KEY)");
    }

    @Test
    void theImageStartsEachProgramWithTheOptionsThatShip() {
        String text = Manifests.text(CONTAINERS.resolve("jvm.Dockerfile"));
        for (String module : List.of("api", "worker", "scheduler")) {
            assertThat(Manifests.HOME.resolve("deploy/jvm").resolve(module)).exists();
            assertThat(text)
                    .contains("/opt/penstock/deploy/jvm/" + module)
                    .contains("\"@" + module + "\", \"-XX:AOTCache=" + module + ".aot\"");
        }
    }

    @Test
    void theServicesOfComposeAreBoundedAndWaitForTheirServers() {
        JsonNode services =
                Manifests.read(CONTAINERS.resolve("compose.yaml")).get(0).path("services");
        for (String module : List.of("api", "worker", "scheduler")) {
            JsonNode service = services.path(module);
            assertThat(service.path("build").path("target").asText()).isEqualTo(module);
            assertThat(service.has("mem_limit")).as(module).isTrue();
        }
        assertThat(services.path("redis").path("command").toString())
                .contains("noeviction")
                .contains("appendonly");
        assertThat(Manifests.text(CONTAINERS.resolve("compose.yaml"))).doesNotContain(":latest");
        services.forEach(service -> service.path("volumes").forEach(volume -> {
            String source = volume.asText().split(":", 2)[0];
            if (source.startsWith(".")) {
                assertThat(CONTAINERS.resolve(source)).exists();
            }
        }));
    }

    @ParameterizedTest
    @ValueSource(strings = {"penstock-api.service", "penstock-worker@.service", "penstock-scheduler.service"})
    void unitsAreBoundedRestartedAndWithoutRights(String file) {
        String text = Manifests.text(UNITS.resolve(file));
        assertThat(text)
                .contains(
                        "DynamicUser=yes",
                        "Restart=always",
                        "MemoryMax=",
                        "NoNewPrivileges=yes",
                        "ProtectSystem=strict")
                .contains("SuccessExitStatus=143");
        Matcher stop = DRAIN_GRACE.matcher(text);
        assertThat(stop.find()).isTrue();
        assertThat(Integer.parseInt(stop.group(1))).isGreaterThanOrEqualTo(DRAIN_SECONDS);
    }
}
