package io.penstock.worker.maintenance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.smallrye.config.PropertiesConfigSource;
import io.smallrye.config.SmallRyeConfigBuilder;
import io.vertx.core.http.HttpServer;
import io.vertx.mutiny.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LanguageModelProbeTest {

    private final Vertx vertx = Vertx.vertx();

    @AfterEach
    void close() {
        vertx.closeAndAwait();
    }

    private LanguageModelProbe probe(int status) throws Exception {
        HttpServer server = vertx.getDelegate()
                .createHttpServer()
                .requestHandler(request -> {
                    boolean right = request.path().equals("/v1/models")
                            && "Bearer secret".equals(request.getHeader("Authorization"));
                    request.response().setStatusCode(right ? status : 400).end("{}");
                })
                .listen(0, "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS);
        return probe("http://127.0.0.1:" + server.actualPort() + "/v1/");
    }

    private LanguageModelProbe probe(String url) {
        return new LanguageModelProbe(
                vertx,
                new SmallRyeConfigBuilder()
                        .withMapping(MaintenanceConfig.class)
                        .withSources(new PropertiesConfigSource(
                                Map.of(
                                        "penstock.maintenance.health-check.language-model.url",
                                        url,
                                        "penstock.maintenance.health-check.language-model.key",
                                        "secret"),
                                "test",
                                1_000))
                        .addDiscoveredConverters()
                        .build()
                        .getConfigMapping(MaintenanceConfig.class));
    }

    private static List<String> check(LanguageModelProbe probe) {
        return probe.check().await().atMost(Duration.ofSeconds(10));
    }

    @Test
    void asksForTheListOfModels() throws Exception {
        assertThat(check(probe(200))).isEmpty();
    }

    @Test
    void tellsWhatItIsAnswered() throws Exception {
        LanguageModelProbe refused = probe(401);

        assertThatThrownBy(() -> check(refused)).hasMessage("its list of models is answered with HTTP 401");
    }

    @Test
    void isOffWhereThereIsNone() {
        assertThat(probe("").isOn()).isFalse();
        assertThat(probe("http://127.0.0.1:1").isOn()).isTrue();
    }
}
