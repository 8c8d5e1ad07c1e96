package io.penstock.common.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CacheKeysTest {

    @Test
    void keysReadAsTheyAreDocumented() {
        assertThat(CacheKeys.productBasic("B08N5WRWNW")).isEqualTo("product:basic:B08N5WRWNW");
        assertThat(CacheKeys.productPrice("B08N5WRWNW")).isEqualTo("product:price:B08N5WRWNW:current");
        assertThat(CacheKeys.productPriceHistory("7", "30d")).isEqualTo("product:history:7:price:30d");
        assertThat(CacheKeys.trackedByUser("u1")).isEqualTo("user:tracked:u1:active");
        assertThat(CacheKeys.competitorAnalysis("9")).isEqualTo("analysis:competitor:9");
        assertThat(CacheKeys.dailyStats(LocalDate.of(2026, 1, 15))).isEqualTo("system:stats:daily:2026-01-15");
        assertThat(CacheKeys.callsOfUser("u1")).isEqualTo("rate_limit:u1:api_calls:minute");
        assertThat(CacheKeys.logInsFromAddress("10.0.0.1")).isEqualTo("rate_limit:ip:10.0.0.1:login_attempts:hour");
        assertThat(CacheKeys.temporary("upload", "x")).isEqualTo("temp:upload:x");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:b", "a b", "a\nb", "{a}", "a*", "a?", "a%3Ab", "ä", "\u0000", "a\r\nDEL x", "~"})
    void noTextLeavesItsPart(String text) {
        String key = CacheKeys.productBasic(text);

        assertThat(key).matches("product:basic:[A-Za-z0-9._%-]+");
        assertThat(key.chars().filter(letter -> letter == ':').count()).isEqualTo(2);
    }

    @Test
    void aLongPartIsCutAndKeepsItsIdentity() {
        String one = CacheKeys.productBasic("x".repeat(10_000) + "1");
        String other = CacheKeys.productBasic("x".repeat(10_000) + "2");

        assertThat(one).hasSizeLessThan(150).isNotEqualTo(other).matches("product:basic:x{64}~[0-9a-f]{64}");
    }

    @Test
    void anEmptyPartIsRefused() {
        assertThatThrownBy(() -> CacheKeys.productBasic(""))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("empty");
    }

    @Property(tries = 300)
    void differentTextsHaveDifferentKeys(@ForAll String one, @ForAll String other) {
        Assume.that(!one.isEmpty() && !other.isEmpty() && !one.equals(other));

        assertThat(CacheKeys.key("temp", "a", one)).isNotEqualTo(CacheKeys.key("temp", "a", other));
    }

    @Property(tries = 300)
    void everyKeyIsOneWordOfPlainLetters(@ForAll String text) {
        Assume.that(!text.isEmpty());

        assertThat(CacheKeys.key("temp", "a", text, text)).matches("[A-Za-z0-9._%:~-]+");
    }

    @Test
    void theLockOfAnEntryIsInItsSlot() {
        assertThat(CacheKeys.lock("product:basic:1")).isEqualTo("cache:lock:{product:basic:1}");
    }
}
