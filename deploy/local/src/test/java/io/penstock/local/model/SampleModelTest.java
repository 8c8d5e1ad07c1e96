package io.penstock.local.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The sample model speaks the wire format, and misbehaves as planned. */
class SampleModelTest {

    private static final String KEY = "k3y";
    private static final String DATA = "{\"products\":[{\"main\":true,\"title\":\"Kite\",\"price\":30.0,\"images\":2},"
            + "{\"main\":false,\"price\":20.0},{\"main\":false,\"price\":null}]}";

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ObjectMapper json = new ObjectMapper();
    private SampleModel model;

    @AfterEach
    void close() {
        model.close();
    }

    private void start(ModelFault fault) throws Exception {
        model = new SampleModel(0, KEY, call -> fault);
    }

    private HttpResponse<String> ask(String key, String data) throws Exception {
        var request = json.createObjectNode().put("model", SampleModel.NAME);
        var messages = request.putArray("messages");
        messages.addObject().put("role", "system").put("content", "Compare.");
        messages.addObject().put("role", "user").put("content", data);
        request.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .putObject("schema");
        return http.send(
                HttpRequest.newBuilder(URI.create(model.url() + "/chat/completions"))
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", "Bearer " + key)
                        .POST(BodyPublishers.ofString(request.toString()))
                        .build(),
                BodyHandlers.ofString());
    }

    private String content(HttpResponse<String> response) throws JsonProcessingException {
        return json.readTree(response.body())
                .path("choices")
                .path(0)
                .path("message")
                .path("content")
                .asText();
    }

    @Test
    void writesWhatTheNumbersSay() throws Exception {
        start(ModelFault.NONE);
        HttpResponse<String> response = ask(KEY, DATA);
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode written = json.readTree(content(response));
        assertThat(written.path("summary").asText()).contains("dearer");
        assertThat(written.path("suggestions").path(0).path("suggestion").asText())
                .contains("25.00");
        assertThat(written.path("suggestions").path(0).path("impact").asText()).isEqualTo("high");
        assertThat(json.readTree(response.body())
                        .path("usage")
                        .path("prompt_tokens")
                        .asInt())
                .isPositive();
        assertThat(content(ask(KEY, DATA))).as("the same for the same").isEqualTo(content(response));
    }

    @Test
    void refusesWhatAStrictServiceWould() throws Exception {
        start(ModelFault.NONE);
        assertThat(ask("other", DATA).statusCode()).isEqualTo(401);
        assertThat(ask(KEY, "no JSON").statusCode()).isEqualTo(400);
        assertThat(ask(KEY, "{}").statusCode()).isEqualTo(400);
    }

    @Test
    void misbehaves() throws Exception {
        start(ModelFault.TRUNCATED);
        String half = content(ask(KEY, DATA));
        assertThatThrownBy(() -> json.readTree(half)).isInstanceOf(JsonProcessingException.class);
        model.close();
        start(ModelFault.CUT);
        String cut = ask(KEY, DATA).body();
        assertThatThrownBy(() -> json.readTree(cut)).isInstanceOf(JsonProcessingException.class);
        model.close();
        start(ModelFault.CHATTY);
        assertThat(content(ask(KEY, DATA))).startsWith("Sure!");
        model.close();
        start(ModelFault.SERVER_ERROR);
        assertThat(ask(KEY, DATA).statusCode()).isEqualTo(500);
        model.close();
        start(ModelFault.TOO_MANY_REQUESTS);
        HttpResponse<String> later = ask(KEY, DATA);
        assertThat(later.statusCode()).isEqualTo(429);
        assertThat(later.headers().firstValue("Retry-After")).contains("2");
        assertThat(model.faults()).isEqualTo(1);
    }

    @Test
    void theSamplePlanHasEveryFault() throws Exception {
        start(ModelFault.NONE);
        Set<ModelFault> met = EnumSet.noneOf(ModelFault.class);
        for (int call = 0; call < 100; call++) {
            met.add(ModelFault.Plan.sample().on(call));
        }
        assertThat(met).isEqualTo(EnumSet.allOf(ModelFault.class));
    }
}
