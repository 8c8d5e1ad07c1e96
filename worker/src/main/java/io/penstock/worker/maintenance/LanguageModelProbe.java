package io.penstock.worker.maintenance;

import io.penstock.common.flow.UpstreamFaultException;
import io.penstock.common.health.HealthProbe;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.mutiny.core.Vertx;
import io.vertx.mutiny.core.http.HttpClient;
import io.vertx.mutiny.core.http.HttpClientRequest;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.List;

/** Asks a language model's service for its list of models, which costs nothing. Only the status of the answer is read. */
@ApplicationScoped
class LanguageModelProbe implements HealthProbe {

    private static final int OK = 200;

    private final HttpClient http;
    private final MaintenanceConfig.LanguageModel config;

    @Inject
    LanguageModelProbe(Vertx vertx, MaintenanceConfig config) {
        this.config = config.healthCheck().languageModel();
        this.http = vertx.createHttpClient(
                new HttpClientOptions().setMaxPoolSize(1).setKeepAlive(false).setConnectTimeout((int)
                        config.healthCheck().answerWithin().toMillis()));
    }

    @PreDestroy
    void close() {
        http.closeAndForget();
    }

    @Override
    public String name() {
        return "language-model";
    }

    @Override
    public boolean isOn() {
        return config.url().isPresent();
    }

    @Override
    public Uni<List<String>> check() {
        return http.request(request(config.url().orElseThrow()))
                .chain(this::status)
                .map(status -> {
                    if (status != OK) {
                        throw new UpstreamFaultException("its list of models is answered with HTTP " + status);
                    }
                    return List.of();
                });
    }

    private RequestOptions request(URI url) {
        String base = url.toString();
        RequestOptions options = new RequestOptions()
                .setMethod(HttpMethod.GET)
                .setAbsoluteURI((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + "/models");
        config.key().ifPresent(key -> options.putHeader("Authorization", "Bearer " + key));
        return options;
    }

    /** The list itself is of no interest: the connection is closed on it. */
    private Uni<Integer> status(HttpClientRequest request) {
        return request.send()
                .map(response -> {
                    response.exceptionHandler(ignored -> {});
                    return response.statusCode();
                })
                .onTermination()
                .invoke(() -> request.reset());
    }
}
