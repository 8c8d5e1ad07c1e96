package io.penstock.api.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.queue.JsonFault;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictJsonTest {

    record Sample(int count, String name, List<Sample> parts, JsonNode any) {}

    private final ObjectMapper mapper = new ObjectMapper();

    StrictJsonTest() {
        new StrictJson().customize(mapper);
    }

    @Test
    void whatFitsIsRead() throws Exception {
        Sample sample =
                mapper.readValue("{\"count\":1,\"parts\":[{\"name\":\"x\"}],\"any\":{\"a\":[1]}}", Sample.class);

        assertThat(sample.parts().get(0).name()).isEqualTo("x");
        assertThat(sample.any().at("/a/0").asInt()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"cuont":1}                  | .cuont         | is not a known field
                    {"count":"1"}                | .count         | must be a whole number
                    {"count":1.5}                | .count         | must be a whole number
                    {"count":true}               | .count         | must be a whole number
                    {"count":99999999999}        | .count         | is a number that is too large or too small
                    {"name":5}                   | .name          | must be a string
                    {"parts":{}}                 | .parts         | must be a list
                    {"parts":[{"count":"x"}]}    | .parts[0].count | must be a whole number
                    {"parts":[5]}                | .parts[0]      | must be an object
                    []                           | ''             | must be an object
                    5                            | ''             | must be an object""")
    void aWrongFieldIsNamed(String json, String path, String reason) {
        JsonFault fault = faultOf(json);

        assertThat(fault.path()).isEqualTo(path);
        assertThat(fault.reason()).isEqualTo(reason);
        assertThat(fault.malformed()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"count\":}",
                "{\"count\":1,}",
                "nonsense",
                "{\"count\":1} {}",
                "{\"count\":1,\"count\":2}",
                "{\"any\":{\"a\":1,\"a\":2}}",
                "{\"parts\":[{\"count\":1,\"count\":2}]}",
                "{'count':1}",
                "{\"count\":01}"
            })
    void whatIsNotProperJsonIsRefused(String json) {
        JsonFault fault = faultOf(json);

        assertThat(fault.malformed()).isTrue();
        assertThat(fault.reason()).doesNotContain("com.fasterxml", "io.penstock", "java.");
    }

    @Test
    void deepNestingIsRefused() {
        String deep = "{\"any\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";

        assertThat(faultOf(deep).reason()).contains("nests too deeply");
    }

    @Test
    void endlessNumbersAreRefused() {
        assertThat(faultOf("{\"any\":1" + "0".repeat(5_000) + "}").malformed()).isTrue();
    }

    private JsonFault faultOf(String json) {
        return JsonFault.of(
                catchThrowableOfType(JsonProcessingException.class, () -> mapper.readValue(json, Sample.class)));
    }
}
