package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.JobType;
import io.penstock.common.queue.PayloadCipher.Part;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PayloadCipherTest {

    private static final String KEY_1 =
            Base64.getEncoder().encodeToString("0123456789abcdef0123456789abcdef".getBytes());
    private static final String KEY_2 =
            Base64.getEncoder().encodeToString("fedcba9876543210fedcba9876543210".getBytes());
    private static final String TEXT = "{\"card\":\"4111 1111 – ü\"}";

    private final PayloadCipher cipher = new PayloadCipher(Map.of("k1", KEY_1, "k2", KEY_2), "k1", Set.of());

    @Test
    void opensWhatItSealed() {
        for (String text : List.of(TEXT, "", "null", "\"x\"".repeat(10_000))) {
            assertThat(cipher.decrypt("t", Part.PAYLOAD, cipher.encrypt("t", Part.PAYLOAD, text)))
                    .isEqualTo(text);
        }
    }

    @Test
    void hidesTheTextAndIsJson() throws Exception {
        String sealed = cipher.encrypt("t", Part.PAYLOAD, TEXT);

        assertThat(sealed).startsWith("\"enc:1:k1:").doesNotContain("card", "4111");
        assertThat(new ObjectMapper().readTree(sealed).isTextual()).isTrue();
        assertThat(PayloadCipher.isEncrypted(sealed)).isTrue();
        assertThat(PayloadCipher.redacted(sealed)).isEqualTo("\"encrypted\"");
        assertThat(PayloadCipher.redacted(TEXT)).isEqualTo(TEXT);
    }

    @Test
    void sealsTheSameTextDifferentlyEachTime() {
        Set<String> sealed = new HashSet<>();
        for (int i = 0; i < 1_000; i++) {
            sealed.add(cipher.encrypt("t", Part.PAYLOAD, TEXT));
        }

        assertThat(sealed).hasSize(1_000);
    }

    @Test
    void leavesClearTextAsItIs() {
        assertThat(cipher.decrypt("t", Part.PAYLOAD, TEXT)).isEqualTo(TEXT);
    }

    @Test
    void doesNotOpenWhatBelongsToAnotherTypeOrPart() {
        String sealed = cipher.encrypt("t", Part.PAYLOAD, TEXT);

        assertThatThrownBy(() -> cipher.decrypt("other", Part.PAYLOAD, sealed))
                .isInstanceOf(PayloadCipher.DecryptionException.class);
        assertThatThrownBy(() -> cipher.decrypt("t", Part.RESULT, sealed))
                .isInstanceOf(PayloadCipher.DecryptionException.class);
    }

    @Test
    void doesNotOpenWhatWasChanged() {
        String sealed = cipher.encrypt("t", Part.PAYLOAD, TEXT);
        int start = sealed.lastIndexOf(':') + 1;
        for (int at = start; at < sealed.length() - 1; at++) {
            char other = sealed.charAt(at) == 'A' ? 'B' : 'A';
            String changed = sealed.substring(0, at) + other + sealed.substring(at + 1);

            assertThatThrownBy(() -> cipher.decrypt("t", Part.PAYLOAD, changed))
                    .isInstanceOf(PayloadCipher.DecryptionException.class);
        }
        assertThatThrownBy(() -> cipher.decrypt("t", Part.PAYLOAD, sealed.replace("k1", "k2")))
                .isInstanceOf(PayloadCipher.DecryptionException.class);
    }

    @Test
    void doesNotOpenWhatWasChangedInTheUnusedBitsOfItsEnd() {
        for (String text : List.of("", "1", "12")) {
            String sealed = cipher.encrypt("t", Part.PAYLOAD, text);
            int last = sealed.replace("=", "").length() - 2;
            for (char other = 'A'; other <= 'Z'; other++) {
                String changed = sealed.substring(0, last) + other + sealed.substring(last + 1);
                if (!changed.equals(sealed)) {
                    assertThatThrownBy(() -> cipher.decrypt("t", Part.PAYLOAD, changed))
                            .isInstanceOf(PayloadCipher.DecryptionException.class);
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\"enc:1:", "\"enc:1:k1", "\"enc:1:k1:", "\"enc:1:k1:\"", "\"enc:1:k1:AAAA\"", "\"enc:1:k1:%%\""
            })
    void doesNotOpenWhatIsCutOff(String text) {
        assertThatThrownBy(() -> cipher.decrypt("t", Part.PAYLOAD, text))
                .isInstanceOf(PayloadCipher.DecryptionException.class);
    }

    @Test
    void opensUnderOldKeysAfterRotation() {
        String old = cipher.encrypt("t", Part.PAYLOAD, TEXT);
        PayloadCipher rotated = new PayloadCipher(Map.of("k1", KEY_1, "k2", KEY_2), "k2", Set.of());
        PayloadCipher later = new PayloadCipher(Map.of("k2", KEY_2), "k2", Set.of());

        assertThat(rotated.decrypt("t", Part.PAYLOAD, old)).isEqualTo(TEXT);
        assertThat(rotated.encrypt("t", Part.PAYLOAD, TEXT)).startsWith("\"enc:1:k2:");
        assertThatThrownBy(() -> later.decrypt("t", Part.PAYLOAD, old))
                .isInstanceOfSatisfying(PayloadCipher.UnknownKeyException.class, e -> assertThat(e.keyId())
                        .isEqualTo("k1"));
    }

    @Test
    void coversTypesThatAskForItAndThoseOfConfiguredQueues() {
        PayloadCipher ofQueue = new PayloadCipher(Map.of("k1", KEY_1), "k1", Set.of("secret"));
        JobType<Object> plain = JobType.of("t", Object.class).queue("open");

        assertThat(ofQueue.covers(plain)).isFalse();
        assertThat(ofQueue.covers(plain.encrypted())).isTrue();
        assertThat(ofQueue.covers(plain.queue("secret"))).isTrue();
    }

    @Test
    void refusesWrongSettingsWithoutTellingTheKey() {
        assertThatThrownBy(() -> new PayloadCipher(Map.of("k1", "c2hvcnQ="), "k1", Set.of()))
                .hasMessageContaining("keys.\"k1\" is 5 bytes long, must be 32")
                .hasMessageNotContaining("c2hvcnQ");
        assertThatThrownBy(() -> new PayloadCipher(Map.of("k1", "%%geheim"), "k1", Set.of()))
                .hasMessageContaining("is not Base64")
                .hasMessageNotContaining("geheim");
        assertThatThrownBy(() -> new PayloadCipher(Map.of("k1", KEY_1), "k3", Set.of()))
                .hasMessageContaining("active-key is 'k3'");
        assertThatThrownBy(() -> new PayloadCipher(Map.of("k:1", KEY_1), "k:1", Set.of()))
                .hasMessageContaining("an id must be");
        assertThatThrownBy(() -> new PayloadCipher(Map.of("k1", KEY_1), null, Set.of("q")))
                .hasMessageContaining("active-key is not");
        assertThatThrownBy(() -> PayloadCipher.none()
                        .checkFor(List.of(JobType.of("t", Object.class).encrypted())))
                .hasMessageContaining("job type 't' is encrypted");
    }
}
