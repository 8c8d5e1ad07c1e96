package io.penstock.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AuditValuesTest {

    private final AuditValues values = new AuditValues(new ObjectMapper());

    @Test
    void fieldsAreTold() {
        assertThat(values.of(Map.of("paused", true))).isEqualTo("{\"paused\":true}");
        assertThat(values.of(null)).isNull();
        assertThat(values.of(Map.of())).isNull();
    }

    @Test
    void secretsAreNotWhateverTheyAreCalled() {
        for (String name : List.of(
                "password",
                "newPassword",
                "key",
                "token",
                "csrfToken",
                "passwordHash",
                "secret",
                "payload",
                "result")) {
            assertThat(values.of(Map.of("id", 1, name, "s3cret-value", "in", Map.of(name, "s3cret-value"))))
                    .as(name)
                    .contains("\"id\":1")
                    .doesNotContain("s3cret-value");
        }
        assertThat(values.of(Map.of("path", "/console/login#token=psl_abc", "list", List.of("psk_abc"))))
                .doesNotContain("abc");
    }

    @Test
    void itStaysShort() {
        assertThat(values.of(Map.of("text", "x".repeat(5_000)))).hasSizeLessThan(400);
        assertThat(values.of(Map.of("list", IntStream.range(0, 1_000).boxed().toList())))
                .hasSizeLessThan(200);
        Map<String, Object> deep = Map.of("a", "end");
        for (int i = 0; i < 50; i++) {
            deep = Map.of("a", deep);
        }
        assertThat(values.of(deep)).hasSizeLessThan(100);
    }

    @Test
    void whatCannotBeWrittenIsLeftOut() {
        assertThat(values.of(new Object() {
                    public String getBroken() {
                        throw new IllegalStateException("broken");
                    }
                }))
                .isNull();
    }
}
