package io.penstock.common.templates;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PropertyMergeTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private static ObjectNode tree(String text) {
        try {
            return (ObjectNode) JSON.readTree(text.replace('\'', '"'));
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(text, e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "OVERRIDE  | {'a':2,'o':{'y':2},'l':[2,3],'p':1,'q':2}",
                "MERGE     | {'a':2,'o':{'x':1,'y':2},'l':[1,2,3],'p':1,'q':2}",
                "EXTEND    | {'a':1,'o':{'x':1},'l':[1,2],'p':1,'q':2}",
                "SELECTIVE | {'a':2,'o':{'y':2},'l':[2,3],'q':2}",
            })
    void eachStrategyMakesThisOfTheSame(PropertyMerge merge, String expected) {
        ObjectNode parent = tree("{'a':1,'o':{'x':1},'l':[1,2],'p':1}");
        ObjectNode own = tree("{'a':2,'o':{'y':2},'l':[2,3],'q':2}");

        assertThat(merge.apply(parent, own, List.of("a", "nowhere"))).isEqualTo(tree(expected));
    }

    @Provide
    Arbitrary<JsonNode> objects() {
        return objects(3);
    }

    private static Arbitrary<JsonNode> objects(int levels) {
        Arbitrary<String> keys = Arbitraries.of("a", "b", "c", "d", "e");
        return Arbitraries.maps(keys, values(levels)).ofMaxSize(4).map(all -> {
            ObjectNode object = JsonNodeFactory.instance.objectNode();
            all.forEach(object::set);
            return object;
        });
    }

    private static Arbitrary<JsonNode> values(int levels) {
        Arbitrary<JsonNode> plain = Arbitraries.oneOf(
                Arbitraries.integers().between(0, 5).map(JsonNodeFactory.instance::numberNode),
                Arbitraries.of("x", "y").map(JsonNodeFactory.instance::textNode),
                Arbitraries.of(true, false).map(JsonNodeFactory.instance::booleanNode),
                Arbitraries.just(JsonNodeFactory.instance.nullNode()));
        Arbitrary<JsonNode> lists = plain.list().ofMaxSize(4).map(all -> {
            var array = JsonNodeFactory.instance.arrayNode();
            array.addAll(all);
            return array;
        });
        return levels == 0 ? plain : Arbitraries.oneOf(plain, lists, objects(levels - 1));
    }

    @Property(tries = 300)
    void neitherSideIsChangedAndNothingOfThemIsShared(
            @ForAll("objects") JsonNode parent, @ForAll("objects") JsonNode own, @ForAll PropertyMerge merge) {
        JsonNode parentBefore = parent.deepCopy();
        JsonNode ownBefore = own.deepCopy();

        ObjectNode made = merge.apply((ObjectNode) parent, (ObjectNode) own, List.of("a", "b"));
        made.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode object) {
                object.put("changed", true);
            }
        });

        assertThat(parent).isEqualTo(parentBefore);
        assertThat(own).isEqualTo(ownBefore);
    }

    @Property(tries = 300)
    void keysComeFromWhereTheStrategySays(@ForAll("objects") JsonNode parent, @ForAll("objects") JsonNode own) {
        ObjectNode theirs = (ObjectNode) parent;
        ObjectNode ours = (ObjectNode) own;

        assertThat(PropertyMerge.OVERRIDE.apply(theirs, ours, List.of()).properties())
                .containsAll(ours.properties());
        assertThat(PropertyMerge.EXTEND.apply(theirs, ours, List.of()).properties())
                .containsAll(theirs.properties());
        assertThat(PropertyMerge.SELECTIVE.apply(theirs, ours, List.of("a")).properties())
                .containsAll(ours.properties())
                .allMatch(entry -> ours.has(entry.getKey()) || entry.getKey().equals("a"));
        ObjectNode merged = PropertyMerge.MERGE.apply(theirs, ours, List.of());
        assertThat(merged.properties().stream().map(Map.Entry::getKey))
                .containsAll(ours.properties().stream().map(Map.Entry::getKey).toList())
                .containsAll(theirs.properties().stream().map(Map.Entry::getKey).toList());
        holdsAllOf(merged, ours);
    }

    /** Whatever a child says is in what was merged, arrays as a part of it. */
    private static void holdsAllOf(JsonNode merged, JsonNode own) {
        if (own.isObject()) {
            own.properties().forEach(entry -> holdsAllOf(merged.path(entry.getKey()), entry.getValue()));
        } else if (own.isArray()) {
            assertThat(merged).containsAll(own);
        } else {
            assertThat(merged).isEqualTo(own);
        }
    }

    @Property(tries = 200)
    void mergingTheSameTwiceChangesNothingMore(@ForAll("objects") JsonNode parent, @ForAll("objects") JsonNode own) {
        for (PropertyMerge merge : PropertyMerge.values()) {
            ObjectNode once = merge.apply((ObjectNode) parent, (ObjectNode) own, List.of("a", "b", "c", "d", "e"));
            assertThat(merge.apply(once, (ObjectNode) own, List.of("a", "b", "c", "d", "e")))
                    .isEqualTo(once);
        }
    }

    @Test
    void aChainTellsWhatIsInheritedFromWhom() {
        ObjectNode top = tree("{'id':'top','price':10,'skill_level':'beginner','inherit':'merge','dynamic_properties':"
                + "{'room':'A','media':['x'],'o':{'k':1}},'validation_rules':{'type':'object'}}");
        ObjectNode middle = tree("{'id':'middle','price':20,'inherit':'merge','dynamic_properties':{'media':['y']}}");
        ObjectNode self = tree("{'id':'self','inherit':'merge','description':'d','dynamic_properties':{'lamp':1}}");

        Inheritance.Resolved resolved = Inheritance.resolve(List.of(top, middle, self));

        assertThat(resolved.own().path("dynamicProperties")).isEqualTo(tree("{'lamp':1}"));
        assertThat(resolved.own().has("price")).isFalse();
        assertThat(resolved.effective().path("price").asInt()).isEqualTo(20);
        assertThat(resolved.effective().path("dynamicProperties"))
                .isEqualTo(tree("{'room':'A','media':['x','y'],'o':{'k':1},'lamp':1}"));
        assertThat(resolved.inherited())
                .containsEntry("price", "middle")
                .containsEntry("skillLevel", "top")
                .containsEntry("validationRules", "top")
                .containsEntry("dynamicProperties.room", "top")
                .containsKey("dynamicProperties.media")
                .doesNotContainKeys("description", "dynamicProperties.lamp");
    }
}
