package io.penstock.common.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleSetTest {

    private static JsonNode tree(String text) {
        try {
            return new ObjectMapper().readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{'type':'object','required':['room'],'properties':{'room':{'type':'string','pattern':'^[A-Z]$'}}}",
                "{'$schema':'https://json-schema.org/draft/2020-12/schema'}",
                "{'$defs':{'short':{'maxLength':3}},'properties':{'room':{'$ref':'#/$defs/short'}}}",
            })
    void theseAreRules(String rules) {
        assertThat(RuleSet.faultOf(tree(rules))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'type':'colour'}",
                "{'properties':[1]}",
                "{'required':'room'}",
                "{'properties':{'a':{'pattern':'('}}}",
                "{'$schema':'http://json-schema.org/draft-04/schema#'}",
                "{'$ref':'http://169.254.169.254/latest'}",
                "{'$ref':'file:///etc/passwd'}",
                "{'$ref':'#'}",
                "{'$id':'http://example.com/'}",
                "{'$defs':{'a':{'$ref':'#/$defs/a'}}}",
            })
    void theseAreNone(String rules) {
        assertThat(RuleSet.faultOf(tree(rules))).isPresent();
    }

    @Test
    void partialPropertiesMissNothingButAreHeldToTheRest() {
        JsonNode rules = tree("{'required':['room','seats'],'properties':{'seats':{'type':'integer','minimum':1}}}");

        assertThat(RuleSet.breaches(rules, tree("{'room':'A'}"), RuleSet.Strictness.STRICT))
                .singleElement()
                .asString()
                .contains("seats");
        assertThat(RuleSet.breaches(rules, tree("{'room':'A'}"), RuleSet.Strictness.PARTIAL))
                .isEmpty();
        assertThat(RuleSet.breaches(rules, tree("{'seats':0}"), RuleSet.Strictness.PARTIAL))
                .singleElement()
                .asString()
                .contains("minimum");
    }

    @Test
    void aPatternThatNeverEndsIsEnded() {
        JsonNode rules = tree("{'properties':{'a':{'pattern':'^(([a-z])+.)+[A-Z]([a-z])+$'}}}");
        JsonNode properties = tree("{'a':'" + "a".repeat(60_000) + "'}");

        assertThat(RuleSet.breaches(rules, properties, RuleSet.Strictness.STRICT))
                .hasSize(1);
    }

    /** More sets than are kept, each asked for twice, by several threads at once. */
    @Test
    void eachSetOfRulesAnswersForItselfThoughSomeAreKept() {
        IntStream.range(0, 600).parallel().forEach(i -> {
            int set = i % 300;
            JsonNode rules = tree("{'properties':{'a':{'pattern':'^x" + set + "$'}}}");
            assertThat(RuleSet.breaches(rules, tree("{'a':'x" + set + "'}"), RuleSet.Strictness.STRICT))
                    .isEmpty();
            assertThat(RuleSet.breaches(rules, tree("{'a':'x" + (set + 1) + "'}"), RuleSet.Strictness.STRICT))
                    .hasSize(1);
        });
    }

    @Test
    void rulesThatAreNoneHoldNothing() {
        assertThat(RuleSet.breaches(tree("{'$ref':'file:///etc/passwd'}"), tree("{}"), RuleSet.Strictness.STRICT))
                .singleElement()
                .asString()
                .startsWith("the rules cannot be applied: $ref may only be");
    }
}
