package io.penstock.common.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageCursorTest {

    private static final Instant TIME = Instant.parse("2026-11-27T10:00:00.123456Z");
    private static final UUID ID = UUID.fromString("11111111-2222-3333-4444-555555555555");
    private static final List<Object> QUESTION = List.of("dead", "mail");

    private static final String CURSOR =
            PageCursor.of(TIME, ID, 42, "a b:c\u00e4\n", "").encode("jobs", QUESTION);

    @Test
    void aPlaceComesBackAsItWasWritten() {
        PageCursor place = PageCursor.decode(CURSOR, "jobs", List.of("dead", "mail"));

        assertThat(place.time(0)).isEqualTo(TIME);
        assertThat(place.uuid(1)).isEqualTo(ID);
        assertThat(place.number(2)).isEqualTo(42);
        assertThat(place.text(3)).isEqualTo("a b:c\u00e4\n");
        assertThat(place.text(4)).isEmpty();
        assertThat(PageCursor.decode(PageCursor.of().encode("x", ""), "x", "").parts())
                .isEmpty();
    }

    @Test
    void itIsForOneListAndOneQuestion() {
        for (String[] other : new String[][] {{"jobs", "[dead, post]"}, {"history", "[dead, mail]"}}) {
            assertThatThrownBy(() -> PageCursor.decode(CURSOR, other[0], other[1]))
                    .isInstanceOfSatisfying(InvalidCursorException.class, refused -> assertThat(refused.reason())
                            .contains("another question"));
        }
    }

    @Test
    void oneThatWasChangedAnywhereIsRefused() {
        for (int i = 0; i < CURSOR.length() - 1; i++) {
            char other = CURSOR.charAt(i) == 'A' ? 'B' : 'A';
            String changed = CURSOR.substring(0, i) + other + CURSOR.substring(i + 1);
            assertThatThrownBy(() -> PageCursor.decode(changed, "jobs", QUESTION))
                    .as("position %d", i)
                    .isInstanceOf(InvalidCursorException.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "nonsense", "%%%", "MSAx", "AAAAAAAAAAAAAAAAAAAA"})
    void whatIsNoneIsRefused(String text) {
        assertThatThrownBy(() -> PageCursor.decode(text, "jobs", QUESTION)).isInstanceOf(InvalidCursorException.class);
    }

    @Test
    void oneOfUnreasonableLengthIsRefusedUnread() {
        assertThatThrownBy(() -> PageCursor.decode("A".repeat(100_000), "jobs", QUESTION))
                .isInstanceOf(InvalidCursorException.class);
    }

    @Test
    void partsThatAreMadeUpAreRefusedWhenTheyAreRead() {
        PageCursor madeUp = PageCursor.of("no number", "9223372036854775807", "a\0b");

        assertThatThrownBy(() -> madeUp.number(0)).isInstanceOf(InvalidCursorException.class);
        assertThatThrownBy(() -> madeUp.uuid(0)).isInstanceOf(InvalidCursorException.class);
        assertThatThrownBy(() -> madeUp.time(0)).isInstanceOf(InvalidCursorException.class);
        assertThatThrownBy(() -> madeUp.text(2)).isInstanceOf(InvalidCursorException.class);
        assertThatThrownBy(() -> madeUp.text(3)).isInstanceOf(InvalidCursorException.class);
    }

    @Test
    void nothingOfItIsReadByChance() {
        String text = new String(Base64.getUrlDecoder().decode(CURSOR), StandardCharsets.UTF_8);
        for (int length = 0; length < text.length(); length++) {
            String part = Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(text.substring(0, length).getBytes(StandardCharsets.UTF_8));
            assertThatThrownBy(() -> PageCursor.decode(part, "jobs", QUESTION))
                    .isInstanceOf(InvalidCursorException.class);
        }
    }
}
