package io.penstock.api.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import org.jspecify.annotations.Nullable;

/**
 * Failures outside resources (health, metrics, an address that cannot be decoded) become problems as well. Registered
 * before the framework's own error page, which would show HTML.
 */
@ApplicationScoped
public class RouteFailures {

    private final ObjectMapper mapper;

    @Inject
    public RouteFailures(ObjectMapper mapper) {
        this.mapper = mapper;
    }

    void register(@Observes Router router) {
        router.route().order(Integer.MIN_VALUE).failureHandler(this::answerFailure);
    }

    private void answerFailure(RoutingContext context) {
        String request = context.request().method() + " " + context.request().path();
        @Nullable Throwable failure = context.failure();
        boolean ofHttpLayer = failure == null || (context.statusCode() >= 400 && context.statusCode() < 500);
        send(
                context,
                ofHttpLayer
                        ? Problems.answerToStatus(context.statusCode(), request)
                        : Problems.answerTo(failure, request));
    }

    /** Ends the request with this problem. */
    public void send(RoutingContext context, Problem problem) {
        send(context, Answer.of(problem));
    }

    /** Ends a request that showed no valid key. */
    public void sendUnauthorized(RoutingContext context) {
        send(context, Problems.answerToStatus(401, context.request().path()));
    }

    private void send(RoutingContext context, Answer answer) {
        HttpServerResponse response = context.response();
        if (response.ended() || response.headWritten()) {
            return;
        }
        response.setStatusCode(answer.problem().status());
        String path = context.request().path();
        response.putHeader("Content-Type", answer.mediaType(path));
        answer.headers().forEach(response::putHeader);
        response.end(json(answer.body(path)));
    }

    private String json(Object body) {
        try {
            return mapper.writeValueAsString(body);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem is always JSON", e);
        }
    }
}
