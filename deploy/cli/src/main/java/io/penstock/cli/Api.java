package io.penstock.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Calls of the API. Whatever goes wrong is an {@link ApiException}. */
final class Api {

    /** Longer than the longest wait for a result. */
    private static final Duration TIMEOUT = Duration.ofSeconds(70);

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final URI base;
    private final String key;
    private final ObjectMapper mapper = new ObjectMapper();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build();

    Api(URI base, String key) {
        this.base = base;
        this.key = key;
    }

    URI base() {
        return base;
    }

    /** A path of the API with values in it that nobody has escaped. */
    static String path(String format, String... values) {
        Object[] escaped = new Object[values.length];
        for (int i = 0; i < values.length; i++) {
            if (values[i].equals(".") || values[i].equals("..") || values[i].isEmpty()) {
                throw new ApiException(ExitCode.NOT_FOUND, "'" + values[i] + "' is no name");
            }
            escaped[i] = escape(values[i]);
        }
        return String.format(format, escaped);
    }

    /** @param query null values are left out */
    JsonNode get(String path, Map<String, ? extends @Nullable Object> query) {
        StringJoiner parameters = new StringJoiner("&", "?", "").setEmptyValue("");
        query.forEach((name, value) -> {
            if (value != null) {
                parameters.add(escape(name) + "=" + escape(value.toString()));
            }
        });
        return call("GET", path + parameters, null);
    }

    JsonNode get(String path) {
        return call("GET", path, null);
    }

    /** @param body JSON; null: none */
    JsonNode call(String method, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(base.resolve(path))
                .timeout(TIMEOUT)
                .header("Authorization", "Bearer " + key)
                .header("Accept", "application/json");
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
        request.method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        HttpResponse<String> answer = send(request.build());
        if (ExitCode.ofStatus(answer.statusCode()) != ExitCode.OK) {
            throw new ApiException(ExitCode.ofStatus(answer.statusCode()), reason(answer));
        }
        return json(answer.body());
    }

    String write(Object value) {
        try {
            return mapper.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    String pretty(JsonNode value) {
        try {
            return mapper.writerWithDefaultPrettyPrinter().writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofString());
        } catch (ConnectException e) {
            throw new ApiException(ExitCode.UNAVAILABLE, "Nothing answers at " + base + ". Set PENSTOCK_URL or --url.");
        } catch (HttpTimeoutException e) {
            throw new ApiException(ExitCode.UNAVAILABLE, "No answer from " + base + " in time.");
        } catch (IOException e) {
            throw new ApiException(ExitCode.UNAVAILABLE, "Cannot talk to " + base + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ApiException(ExitCode.UNAVAILABLE, "Interrupted");
        }
    }

    private JsonNode json(String body) {
        try {
            return body.isBlank() ? MissingNode.getInstance() : mapper.readTree(body);
        } catch (JsonProcessingException e) {
            throw new ApiException(ExitCode.UNAVAILABLE, "What answers at " + base + " is no Penstock.");
        }
    }

    private String reason(HttpResponse<String> answer) {
        try {
            JsonNode problem = mapper.readTree(answer.body());
            String detail =
                    problem.path("detail").asText(problem.path("message").asText(""));
            String code = problem.path("code").asText("");
            if (!detail.isEmpty()) {
                return code.isEmpty() ? detail : detail + " (" + code + ")";
            }
        } catch (JsonProcessingException e) {
            // Told by the status alone.
        }
        return "The API answered with status " + answer.statusCode();
    }

    private static String escape(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
