package io.penstock.common.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.common.job.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SecretFieldsTest {

    private final ObjectMapper mapper = new ObjectMapper().findAndRegisterModules();

    record Plain(String order, int count) {}

    record Card(@Secret String number, String holder) {}

    record Charge(
            String order,
            @Secret String password,
            Card card,
            List<Card> cards,
            Map<String, Card> byName,
            @Secret List<String> codes,
            @JsonProperty("pin_code") @Secret int pin,
            Charge within) {}

    private final SecretFields fields = SecretFields.of(Charge.class, mapper);

    private static final String CHARGE =
            """
            {"order":"o-1","password":"hunter22","card":{"number":"4111","holder":"Ada"},
             "cards":[{"number":"4222","holder":"Bea"}],"byName":{"x":{"number":"4333","holder":"Cy"}},
             "codes":["alpha-code","beta-code"],"pin_code":123456,"within":null}""";

    @Test
    void aPayloadWithoutSecretsCostsNothing() {
        assertThat(SecretFields.of(Plain.class, mapper).isEmpty()).isTrue();
        assertThat(SecretFields.of(String.class, mapper).isEmpty()).isTrue();
    }

    @Test
    void secretsAreMaskedWhereverTheyAre() throws Exception {
        assertThat(fields.masked(mapper.readTree(CHARGE)))
                .isEqualTo(
                        mapper.readTree(
                                """
                                {"order":"o-1","password":"***","card":{"number":"***","holder":"Ada"},
                                 "cards":[{"number":"***","holder":"Bea"}],"byName":{"x":{"number":"***","holder":"Cy"}},
                                 "codes":"***","pin_code":"***","within":null}"""));
    }

    @Test
    void whatHasAnotherFormThanExpectedIsLeftAsItIs() throws Exception {
        for (String odd :
                List.of("[]", "1", "null", "{}", "{\"card\":3,\"cards\":{\"number\":\"1\"},\"password\":null}")) {
            JsonNode node = mapper.readTree(odd);
            assertThat(fields.masked(mapper.readTree(odd)).size()).isEqualTo(node.size());
        }
    }

    @Test
    void theMaskIsReplacedByWhatIsStored() throws Exception {
        JsonNode edited = fields.restored(
                mapper.readTree(
                        """
                        {"order":"o-2","password":"***","card":{"number":"***","holder":"New"},
                         "cards":[{"number":"new-number","holder":"Bea"},{"number":"***","holder":"Dee"}],"codes":"***"}"""),
                mapper.readTree(CHARGE));

        assertThat(edited.at("/order").asText()).isEqualTo("o-2");
        assertThat(edited.at("/password").asText()).isEqualTo("hunter22");
        assertThat(edited.at("/card/number").asText()).isEqualTo("4111");
        assertThat(edited.at("/cards/0/number").asText()).isEqualTo("new-number");
        assertThat(edited.at("/codes/1").asText()).isEqualTo("beta-code");
    }

    @Test
    void textsThatQuoteSecretsAreMasked() throws Exception {
        String masked = fields.maskOf(mapper.readTree(CHARGE))
                .apply("log-in with hunter22 failed for order o-1: alpha-code, card 4222, pin 123456");

        assertThat(masked).isEqualTo("log-in with *** failed for order o-1: ***, card ***, pin ***");
    }

    @Test
    void shortValuesAreNotLookedForInTexts() throws Exception {
        assertThat(fields.maskOf(mapper.readTree("{\"password\":\"ab\"}")).apply("about"))
                .isEqualTo("about");
    }

    @Test
    void oneFieldIsRevealedAlone() {
        PayloadSecrets secrets = new PayloadSecrets(
                mapper,
                List.of(io.penstock.common.job.JobType.of("test.charge", Charge.class)
                        .queue("orders")));

        assertThat(secrets.maskedBut("test.charge", CHARGE, "card.number")).hasValueSatisfying(json -> assertThat(json)
                .contains("4111", "\"password\":\"***\"")
                .doesNotContain("4222"));
        assertThat(secrets.maskedBut("test.charge", CHARGE, "order")).isEmpty();
        assertThat(secrets.maskedBut("test.charge", CHARGE, "card")).isNotEmpty();
        assertThat(secrets.maskedBut("test.other", CHARGE, "card")).isEqualTo(Optional.empty());
    }
}
