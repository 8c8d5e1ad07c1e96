package io.penstock.worker.products.analysis;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.penstock.common.products.NewReport;
import io.penstock.worker.products.analysis.UselessAnswerException.Fault;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Decides what of a model's answer is taken: words of bounded length in the fields that were asked for, and values of the lists that were
 * given. Nothing else of it is looked at, whatever it holds: no call of a tool, no further field. What is not of the form that was asked for
 * is not repaired.
 */
@ApplicationScoped
class AnswerReader {

    static final int SUMMARY = 500;
    private static final int FINDING = 300;
    private static final int SUGGESTION = 500;

    /** One value and then the end: what a model writes behind it shows that it did not do as it was asked. */
    private final ObjectReader reader;

    @Inject
    AnswerReader(ObjectMapper mapper) {
        this.reader = mapper.reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    }

    /**
     * What is in the envelope of the chat endpoint.
     *
     * @param estimatedInput tokens, where the service does not count them
     * @throws UselessAnswerException where there is no answer in it
     */
    ModelAnswer envelope(byte[] body, int estimatedInput) {
        JsonNode root = json(body, estimatedInput);
        JsonNode usage = root.path("usage");
        int input = tokens(usage.path("prompt_tokens"), estimatedInput);
        int output = tokens(usage.path("completion_tokens"), -1);
        JsonNode choice = root.path("choices").path(0);
        JsonNode message = choice.path("message");
        String end = choice.path("finish_reason").asText("");
        if (!message.path("refusal").asText("").isBlank() || end.equals("content_filter")) {
            throw new UselessAnswerException(Fault.REFUSED, input, output);
        }
        if (end.equals("length")) {
            throw new UselessAnswerException(Fault.CUT_OFF, input, output);
        }
        if (!message.path("content").isTextual()) {
            throw new UselessAnswerException(Fault.OTHER_FORM, input, output);
        }
        return new ModelAnswer(message.path("content").asText(), input, output);
    }

    /** @throws UselessAnswerException where it is not what was asked for */
    Written written(ModelAnswer answer) {
        JsonNode root;
        try {
            root = reader.readTree(answer.content());
        } catch (IOException e) {
            throw useless(Fault.NO_JSON, answer);
        }
        if (!root.isObject()
                || !root.path("findings").isArray()
                || !root.path("suggestions").isArray()) {
            throw useless(root.isMissingNode() ? Fault.NO_JSON : Fault.OTHER_FORM, answer);
        }
        return new Written(
                text(root.path("summary"), SUMMARY, answer),
                findings(root.path("findings"), answer),
                suggestions(root.path("suggestions"), answer));
    }

    private static List<String> findings(JsonNode array, ModelAnswer answer) {
        List<String> findings = new ArrayList<>();
        for (JsonNode each : array) {
            if (findings.size() == Prompt.MOST_FINDINGS) {
                break;
            }
            findings.add(text(each, FINDING, answer));
        }
        return List.copyOf(findings);
    }

    private static List<NewReport.Suggestion> suggestions(JsonNode array, ModelAnswer answer) {
        List<NewReport.Suggestion> suggestions = new ArrayList<>();
        for (JsonNode each : array) {
            if (suggestions.size() == Prompt.MOST_SUGGESTIONS) {
                break;
            }
            suggestions.add(new NewReport.Suggestion(
                    oneOf(Prompt.KINDS, each.path("kind"), answer),
                    text(each.path("suggestion"), SUGGESTION, answer),
                    text(each.path("reason"), SUGGESTION, answer),
                    oneOf(Prompt.IMPACTS, each.path("impact"), answer)));
        }
        return List.copyOf(suggestions);
    }

    private static String text(JsonNode node, int most, ModelAnswer answer) {
        String line = node.isTextual() ? Lines.line(node.asText(), most) : "";
        if (line.isEmpty()) {
            throw useless(Fault.OTHER_FORM, answer);
        }
        return line;
    }

    private static String oneOf(List<String> values, JsonNode node, ModelAnswer answer) {
        if (!node.isTextual() || !values.contains(node.asText())) {
            throw useless(Fault.OTHER_FORM, answer);
        }
        return node.asText();
    }

    private JsonNode json(byte[] body, int estimatedInput) {
        try {
            JsonNode root = reader.readTree(body);
            if (root.isObject()) {
                return root;
            }
        } catch (IOException e) {
            // As below: whatever came, it was no answer.
        }
        throw new UselessAnswerException(Fault.NO_JSON, estimatedInput, -1);
    }

    /** A count that no service would give is not believed. */
    private static int tokens(JsonNode count, int otherwise) {
        return count.canConvertToInt() && count.isIntegralNumber() && count.asInt() >= 0 ? count.asInt() : otherwise;
    }

    private static UselessAnswerException useless(Fault fault, ModelAnswer answer) {
        return new UselessAnswerException(fault, answer.inputTokens(), answer.outputTokens());
    }
}
