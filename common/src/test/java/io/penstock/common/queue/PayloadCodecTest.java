package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobLabels;
import io.penstock.common.job.JobType;
import io.penstock.common.job.JobTypeSource;
import io.penstock.common.job.RetryPolicy;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.job.UnrecoverableJobException;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hibernate.validator.HibernateValidator;
import org.hibernate.validator.messageinterpolation.ParameterMessageInterpolator;
import org.junit.jupiter.api.Test;

/** Stored payloads and who can read them. */
class PayloadCodecTest {

    record Name(String first, String last) {}

    private static final JobType<Name> GREET = JobType.of("greet", Name.class).version(3);
    private static final JobType<Name> SECRET = JobType.of("secret", Name.class).encrypted();
    private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
    private static final PayloadCipher SEAL = new PayloadCipher(Map.of("k", KEY), "k", Set.of());

    /** Version 1 had one text, version 2 had {@code given} and {@code family}. */
    private static final PayloadUpgrade UPGRADE = new PayloadUpgrade() {
        @Override
        public JobType<?> type() {
            return GREET;
        }

        @Override
        public JsonNode upgrade(int fromVersion, JsonNode payload) {
            ObjectNode now = (ObjectNode) payload;
            if (fromVersion == 1) {
                String[] words = payload.path("name").asText().split(" ");
                now.put("given", words[0]).put("family", words[1]);
            }
            return now.put("first", now.path("given").asText())
                    .put("last", now.path("family").asText());
        }
    };

    private static final Validator VALIDATOR = Validation.byProvider(HibernateValidator.class)
            .configure()
            .messageInterpolator(new ParameterMessageInterpolator())
            .buildValidatorFactory()
            .getValidator();

    private final PayloadCodec codec = codec(SEAL, new PayloadUpgrades(List.of(UPGRADE)));

    private static PayloadCodec codec(PayloadCipher cipher, PayloadUpgrades upgrades) {
        return new PayloadCodec(new ObjectMapper(), VALIDATOR, 65_536, cipher, upgrades);
    }

    @Test
    void refusesATypeThatNobodyLists() {
        PayloadCodec strict = new PayloadCodec(
                new ObjectMapper(),
                VALIDATOR,
                65_536,
                PayloadCipher.none(),
                PayloadUpgrades.none(),
                new JobTypes(List.<JobTypeSource>of(() -> List.of(GREET))));

        strict.encode(GREET, new Name("Ada", "L"));
        assertThatThrownBy(() -> strict.encode(JobType.of("forgotten", Name.class), new Name("Ada", "L")))
                .isInstanceOf(UnknownJobTypeException.class);
    }

    private static ClaimedJob job(String type, String payload, int version) {
        return new ClaimedJob(
                new ClaimedJob.Lease() {},
                "id",
                type,
                0,
                0,
                3,
                0,
                Duration.ofMinutes(1),
                RetryPolicy.fixed(Duration.ZERO),
                payload,
                Instant.EPOCH,
                Instant.EPOCH,
                JobLabels.NONE,
                null,
                version);
    }

    @Test
    void readsThePresentVersionAndIgnoresNewFields() throws Exception {
        assertThat(codec.decode(GREET, job("greet", "{\"first\":\"Ada\",\"last\":\"L\",\"more\":1}", 3)))
                .isEqualTo(new Name("Ada", "L"));
    }

    @Test
    void upgradesOlderVersions() throws Exception {
        assertThat(codec.decode(GREET, job("greet", "{\"name\":\"Ada Lovelace\"}", 1)))
                .isEqualTo(new Name("Ada", "Lovelace"));
        assertThat(codec.decode(GREET, job("greet", "{\"given\":\"Ada\",\"family\":\"L\"}", 2)))
                .isEqualTo(new Name("Ada", "L"));
    }

    @Test
    void leavesNewerVersionsToNewerWorkers() {
        assertThatThrownBy(() -> codec.decode(GREET, job("greet", "{}", 4)))
                .isInstanceOf(SnoozeException.class)
                .hasMessage("the payload has version 4, this worker knows 3");
    }

    @Test
    void givesUpWhereAnUpgradeFailsOrIsMissing() {
        assertThatThrownBy(() -> codec.decode(GREET, job("greet", "{\"name\":\"Ada\"}", 1)))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageStartingWith("the upgrade of the payload from version 1 to 3 failed: ");
        assertThatThrownBy(() -> codec(SEAL, PayloadUpgrades.none()).decode(GREET, job("greet", "{}", 2)))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessage("there is no upgrade of the payload from version 2 to 3");
    }

    @Test
    void anUpgradeMayThrowAnything() {
        PayloadUpgrade hostile = new PayloadUpgrade() {
            @Override
            public JobType<?> type() {
                return GREET;
            }

            @Override
            public JsonNode upgrade(int fromVersion, JsonNode payload) {
                throw new AssertionError("no");
            }
        };

        assertThatThrownBy(
                        () -> codec(SEAL, new PayloadUpgrades(List.of(hostile))).decode(GREET, job("greet", "{}", 1)))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessage("the upgrade of the payload from version 1 to 3 failed: AssertionError: no");
    }

    @Test
    void refusesTwoUpgradesOfOneType() {
        assertThatThrownBy(() -> new PayloadUpgrades(List.of(UPGRADE, UPGRADE)))
                .hasMessage("two payload upgrades for job type 'greet'");
    }

    @Test
    void sealsPayloadsAndResultsOfEncryptedTypesOnly() throws Exception {
        String sealed = codec.encode(SECRET, new Name("Ada", "L"));
        String clear = codec.encode(GREET, new Name("Ada", "L"));

        assertThat(sealed).startsWith("\"enc:1:k:").doesNotContain("Ada");
        assertThat(clear).isEqualTo("{\"first\":\"Ada\",\"last\":\"L\"}");
        assertThat(codec.decode(SECRET, job("secret", sealed, 1))).isEqualTo(new Name("Ada", "L"));
        assertThat(codec.encodeResult(job("secret", sealed, 1), "ok")).startsWith("\"enc:1:k:");
        assertThat(codec.encodeResult(job("greet", clear, 1), "ok")).isEqualTo("\"ok\"");
    }

    @Test
    void readsJobsFromBeforeTheirTypeWasEncrypted() throws Exception {
        assertThat(codec.decode(SECRET, job("secret", "{\"first\":\"Ada\",\"last\":\"L\"}", 1)))
                .isEqualTo(new Name("Ada", "L"));
    }

    @Test
    void leavesJobsUnderAnUnknownKeyToOthers() {
        String sealed = codec.encode(SECRET, new Name("Ada", "L"));
        PayloadCodec without = codec(new PayloadCipher(Map.of(), null, Set.of()), PayloadUpgrades.none());

        assertThatThrownBy(() -> without.decode(SECRET, job("secret", sealed, 1)))
                .isInstanceOf(SnoozeException.class)
                .hasMessage("the payload is encrypted under the key 'k', unknown here");
    }

    @Test
    void givesUpOnABrokenSeal() {
        String sealed = codec.encode(SECRET, new Name("Ada", "L"));

        assertThatThrownBy(() -> codec.decode(GREET, job("greet", sealed, 3)))
                .isInstanceOf(UnrecoverableJobException.class)
                .hasMessageStartingWith("the payload cannot be decrypted: ");
    }

    @Test
    void doesNotQuoteASecretItCannotRead() {
        String notAnObject = SEAL.encrypt("secret", PayloadCipher.Part.PAYLOAD, "{\"first\":{\"card\":\"4111\"}}");
        String noJson = SEAL.encrypt("secret", PayloadCipher.Part.PAYLOAD, "geheim");

        for (String sealed : List.of(notAnObject, noJson)) {
            assertThatThrownBy(() -> codec.decode(SECRET, job("secret", sealed, 1)))
                    .isInstanceOf(UnrecoverableJobException.class)
                    .hasNoCause()
                    .hasMessageStartingWith("the encrypted payload does not parse: payload")
                    .hasMessageNotContainingAny("4111", "card", "geheim");
        }
    }

    @Test
    void sealsResultsUnderTheOldKeyWhenNothingIsEncryptedAnyMore() throws Exception {
        String sealed = codec.encode(SECRET, new Name("Ada", "L"));
        PayloadCodec without = codec(new PayloadCipher(Map.of("k", KEY), null, Set.of()), PayloadUpgrades.none());

        assertThat(without.encodeResult(job("secret", sealed, 1), "ok")).startsWith("\"enc:1:k:");
    }

    @Test
    void refusesClearTextThatLooksSealed() {
        assertThatThrownBy(() -> codec.encode(JobType.of("text", String.class), "enc:1:k:AAAA"))
                .isInstanceOf(InvalidJobException.class);
    }

    record Price(BigDecimal amount, double factor) {}

    private static final JobType<Price> PRICE = JobType.of("price", Price.class);

    @Test
    void numbersKeepEveryDigit() throws Exception {
        String json = "{\"amount\":12345678901234567.890,\"factor\":0.5}";

        String stored = codec.encode(PRICE, codec.parse(json, Price.class));

        assertThat(stored).isEqualTo(json);
        assertThat(codec.decode(PRICE, stored).amount()).isEqualTo(new BigDecimal("12345678901234567.890"));
        assertThat(codec.parse("{\"amount\":\"0.10\",\"factor\":1}", Price.class)
                        .amount())
                .isEqualTo(new BigDecimal("0.10"));
    }

    @Test
    void numbersThatNoFieldCanHoldAreRefused() {
        assertThatThrownBy(() -> codec.encode(PRICE, new Price(BigDecimal.ONE, Double.NaN)))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("payload.factor"));
        assertThatThrownBy(() -> codec.encode(PRICE, codec.parse("{\"amount\":1,\"factor\":1e400}", Price.class)))
                .isInstanceOf(InvalidJobException.class);
        assertThatThrownBy(() -> codec.parse("{\"amount\":1e999999999,\"factor\":1}", Price.class))
                .isInstanceOfSatisfying(
                        InvalidJobException.class, e -> assertThat(e.field()).isEqualTo("payload.amount"));
    }

    @Test
    void halfOfASurrogatePairIsRefusedInAPayloadAndReplacedInAResult() throws Exception {
        assertThatThrownBy(() -> codec.encode(GREET, new Name("a\ud800b", "L")))
                .isInstanceOf(InvalidJobException.class);
        assertThat(codec.encode(GREET, new Name("\ud83d\ude00", "L"))).contains("\ud83d\ude00");
        assertThat(codec.encodeResult(job("greet", "{}", 3), "a\ud800b\udc00")).isEqualTo("\"a\uFFFDb\uFFFD\"");
    }
}
