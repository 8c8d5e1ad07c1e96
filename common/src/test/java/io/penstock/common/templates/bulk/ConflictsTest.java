package io.penstock.common.templates.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.alert.Finding;
import io.penstock.common.batch.ConflictStrategy;
import io.penstock.common.queue.StrictMapper;
import io.penstock.common.templates.bulk.Prediction.Observed;
import io.penstock.common.templates.bulk.Prediction.Overlap;
import io.penstock.common.templates.bulk.Resolution.Decision;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConflictsTest {

    private static Conflict conflict(String which) {
        return switch (which) {
            case "version-apart" -> Conflict.version(1, 2, List.of("price"), List.of("name"));
            case "version-same" -> Conflict.version(1, 2, List.of("name", "price"), List.of("name"));
            case "version-unknown" -> Conflict.version(1, 9, List.of(), List.of("name"));
            case "dependency" -> Conflict.dependency("3 children inherit from it", "status");
            case "missing" -> Conflict.missing("the parent does not exist", "parentId");
            case "resource" -> Conflict.resource("the tenant has all its templates");
            case "soft-rule" -> Conflict.softRule("it is a system template");
            case "hard-rule" -> Conflict.hardRule("it is deprecated");
            case "integrity" -> Conflict.integrity("two templates would have this name", "name");
            default -> throw new IllegalArgumentException(which);
        };
    }

    @ParameterizedTest
    @CsvSource({
        // conflict,       abort, skip, override, merge
        "version-apart,    ABORT, SKIP, APPLY,    APPLY_MERGED",
        "version-same,     ABORT, SKIP, APPLY,    FAIL",
        "version-unknown,  ABORT, SKIP, APPLY,    FAIL",
        "dependency,       ABORT, SKIP, APPLY,    FAIL",
        "missing,          ABORT, SKIP, FAIL,     FAIL",
        "resource,         ABORT, SKIP, FAIL,     FAIL",
        "soft-rule,        ABORT, SKIP, APPLY,    FAIL",
        "hard-rule,        ABORT, SKIP, FAIL,     FAIL",
        "integrity,        ABORT, SKIP, FAIL,     FAIL",
    })
    void eachStrategyDoesThisToEachConflict(
            String which, Decision abort, Decision skip, Decision override, Decision merge) {
        Conflict conflict = conflict(which);
        Map<ConflictStrategy, Decision> expected = Map.of(
                ConflictStrategy.ABORT, abort,
                ConflictStrategy.SKIP, skip,
                ConflictStrategy.OVERRIDE, override,
                ConflictStrategy.MERGE, merge);
        expected.forEach((strategy, decision) -> {
            Resolution resolution = ConflictResolver.resolve(List.of(conflict), strategy);

            assertThat(resolution.decision()).as(which + " " + strategy).isEqualTo(decision);
            assertThat(resolution.resolved().size() + resolution.unresolved().size())
                    .isEqualTo(1);
            assertThat(resolution.resolved().isEmpty()).isEqualTo(!decision.applies());
            assertThat(resolution.warnings().isEmpty()).isEqualTo(!decision.applies());
            assertThat(resolution.suggestedActions().isEmpty()).isEqualTo(decision.applies());
        });
    }

    @Test
    void withoutConflictsAChangeIsApplied() {
        for (ConflictStrategy strategy : ConflictStrategy.values()) {
            assertThat(ConflictResolver.resolve(List.of(), strategy).decision()).isEqualTo(Decision.APPLY);
        }
    }

    @Test
    void oneThatCannotBeResolvedStandsAgainstTheWholeChange() {
        Resolution resolution = ConflictResolver.resolve(
                List.of(conflict("version-same"), conflict("integrity"), conflict("soft-rule")),
                ConflictStrategy.OVERRIDE);

        assertThat(resolution.decision()).isEqualTo(Decision.FAIL);
        assertThat(resolution.resolved()).hasSize(2);
        assertThat(resolution.unresolved()).singleElement().satisfies(left -> {
            assertThat(left.conflict().kind()).isEqualTo(ConflictKind.DATA_INTEGRITY);
            assertThat(left.why()).contains("contradict");
        });
        assertThat(resolution.text()).isEqualTo("data_integrity: two templates would have this name");
    }

    @Test
    void bothSidesOfAVersionConflictAreNamed() {
        assertThat(conflict("version-same").what()).contains("both sides change name");
        assertThat(conflict("version-same").fields()).containsExactly("name");
        assertThat(conflict("version-apart").what()).contains("other fields were changed: price");
    }

    @Test
    void predictionsComeMostProbableFirst() {
        List<PredictedConflict> found = Prediction.of(new Observed(
                List.of(new Overlap("b1", true, List.of("7"), 5), new Overlap("b2", false, List.of("8"), 1)),
                Map.of("3", 4L),
                List.of(List.of("1", "2", "1")),
                List.of(),
                List.of(),
                List.of("9"),
                List.of("10"),
                95,
                100,
                3));

        assertThat(found)
                .extracting(each -> Math.round(each.probability() * 100))
                .containsExactly(100L, 90L, 80L, 72L, 70L, 60L, 30L);
        assertThat(found.get(0).what()).contains("1 -> 2 -> 1");
        assertThat(found.get(1).what()).contains("4 templates would lose the parent");
        assertThat(found).allSatisfy(each -> assertThat(each.mitigation()).isNotBlank());
    }

    @Test
    void nothingThatStandsOutPredictsNothing() {
        assertThat(Prediction.of(new Observed(
                        List.of(), Map.of(), List.of(), List.of(), List.of(), List.of(), List.of(), 10, 100, 3)))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // templates, active descendants, courses, schedules, popular, risk, seconds
        "1,      0,   0,   0, 0, LOW,      3",
        "1500,   0,   0,   0, 0, LOW,      7",
        "1500,   5,   0,   0, 0, MEDIUM,   7",
        "1,      0,   1,   0, 0, MEDIUM,   3",
        "1,      0,   0,   2, 0, MEDIUM,   3",
        "1,      1,   0,   2, 0, HIGH,     3",
        "2000, 101, 101,   1, 1, CRITICAL, 9",
        "0,      0,   0,   0, 0, LOW,      0",
    })
    void theRiskIsWhatHangsOnTheTemplates(
            long templates,
            long descendants,
            long courses,
            long schedules,
            long popular,
            Impact.Risk risk,
            long seconds) {
        Impact impact = Impact.of(templates, 0, descendants, descendants, courses, schedules, popular);

        assertThat(impact.risk()).isEqualTo(risk);
        assertThat(impact.recoverySeconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @CsvSource({"17, 2, well", "18, 2, silent", "18, 3, wrong", "0, 0, well", "1000, 50, well"})
    void creationsThatFailTooOftenAreWrongOnceThereAreEnough(long made, long failed, String expected) {
        List<Finding> found = TemplateFigures.of(made, failed, 0.1);

        assertThat(found.isEmpty() ? "silent" : found.get(0).wrong() ? "wrong" : "well")
                .isEqualTo(expected);
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return StrictMapper.exact(new ObjectMapper()).readTree(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"name\":\"a\",\"price\":12.30,\"parentId\":null}|",
                "{\"price\":1.234}|price: must have at most 10 digits and 2 decimals",
                "{\"price\":1e400}|price: must have at most 10 digits and 2 decimals",
                "{\"name\":\" \"}|name: must be a text of 1 to 200 characters",
                "{\"durationMinutes\":1.5}|durationMinutes: must be a whole number from 1 on",
                "{\"durationMinutes\":99999999999}|durationMinutes: must be a whole number from 1 on",
                "{\"skillLevel\":\"wizard\"}|skillLevel: must be one of beginner, intermediate, advanced, expert",
                "{\"tags\":[{}]}|tags: must hold texts, or objects of name, value and type",
                "{\"version\":7}|version: is no field of a template that can be set",
                "[]|set: must be an object",
            })
    void valuesThatATemplateCannotHaveAreNamed(String set, String fault) throws JsonProcessingException {
        assertThat(TemplateField.faults(json(set))).isEqualTo(fault == null ? List.of() : List.of(fault));
    }

    @Test
    void propertiesThatAreTooLargeOrTooDeepAreRefused() throws JsonProcessingException {
        String deep = "{\"a\":".repeat(33) + "1" + "}".repeat(33);
        String large = "{\"a\":\"" + "x".repeat(TemplateField.MAX_OBJECT) + "\"}";

        assertThat(TemplateField.faults(json("{\"dynamicProperties\":" + deep + "}")))
                .singleElement()
                .asString()
                .contains("nested");
        assertThat(TemplateField.faults(json("{\"dynamicProperties\":" + large + "}")))
                .singleElement()
                .asString()
                .contains("characters");
        assertThat(TemplateField.faults(json("{\"uiConfiguration\":{\"a\":\"\\u0000\"}}")))
                .hasSize(1);
    }

    @Test
    void parentsComeBeforeTheirChildren() throws JsonProcessingException {
        UUID a = new UUID(0, 1);
        UUID b = new UUID(0, 2);
        UUID c = new UUID(0, 3);
        JsonNode ofB = json("{\"name\":\"c\",\"parentId\":\"" + b + "\"}");
        JsonNode ofA = json("{\"name\":\"b\",\"parentId\":\"" + a + "\"}");
        List<TemplateChange> items = List.of(
                new TemplateChange(c, null, ofB),
                new TemplateChange(b, null, ofA),
                new TemplateChange(a, null, json("{\"name\":\"a\"}")));

        BulkChecks.Ordered ordered = BulkChecks.ordered(items);

        assertThat(ordered.linked()).isTrue();
        assertThat(ordered.items()).extracting(TemplateChange::id).containsExactly(a, b, c);
        assertThat(BulkChecks.ordered(items.subList(2, 3)).linked()).isFalse();
    }
}
