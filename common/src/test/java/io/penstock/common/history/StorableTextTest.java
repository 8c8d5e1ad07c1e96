package io.penstock.common.history;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StorableTextTest {

    private static final String LOST = "\uFFFD";

    @Test
    void leavesOrdinaryTextAsItIs() {
        String text = "Grüße, 世界 😀 <script>alert(1)</script>\n\ttab";
        assertThat(StorableText.text(text, 100)).isEqualTo(text);
    }

    @Test
    void replacesNulAndHalvesOfPairs() {
        assertThat(StorableText.text("a\0b", 10)).isEqualTo("a" + LOST + "b");
        assertThat(StorableText.text("a\uD83Db", 10)).isEqualTo("a" + LOST + "b");
        assertThat(StorableText.text("\uDE00a", 10)).isEqualTo(LOST + "a");
        assertThat(StorableText.text("a\uD83D", 10)).isEqualTo("a" + LOST);
    }

    @Test
    void cutsLongTextBetweenCharacters() {
        assertThat(StorableText.text("ab😀cd", 3)).isEqualTo("ab");
        assertThat(StorableText.text("ab😀cd", 4)).isEqualTo("ab😀");
        assertThat(StorableText.text("x".repeat(1_000_000), 8_192)).hasSize(8_192);
    }

    @Test
    void repairsEscapesThatJsonbRefuses() {
        assertThat(StorableText.json("{\"a\":\"\\u0000\"}", 100)).isEqualTo("{\"a\":\"\\ufffd\"}");
        assertThat(StorableText.json("\"\\ud83d\"", 100)).isEqualTo("\"\\ufffd\"");
        assertThat(StorableText.json("\"\\ude00\\ud83d\"", 100)).isEqualTo("\"\\ufffd\\ufffd\"");
        assertThat(StorableText.json("\"\\ud83d\\u0041\"", 100)).isEqualTo("\"\\ufffd\\u0041\"");
    }

    @Test
    void leavesEscapesThatMeanSomethingElse() {
        for (String json : new String[] {
            "\"\\ud83d\\ude00\"", "\"\\\\u0000\"", "\"\\u00e9\"", "\"\\\\\\\\u0000\"", "\"\\n\"", "1", "\"\\u12\""
        }) {
            assertThat(StorableText.json(json, 100)).isEqualTo(json);
        }
        assertThat(StorableText.json("\"\\\\\\u0000\"", 100)).isEqualTo("\"\\\\\\ufffd\"");
    }

    @Test
    void leavesOutJsonThatIsTooLong() {
        assertThat(StorableText.json("[1,2,3]", 6)).isNull();
        assertThat(StorableText.json("[1,2,3]", 7)).isEqualTo("[1,2,3]");
    }
}
