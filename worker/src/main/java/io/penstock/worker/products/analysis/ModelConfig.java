package io.penstock.worker.products.analysis;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** The language model that writes analyses of products, under {@code penstock.product-model}. Without it, rules write them. */
@ConfigMapping(prefix = "penstock.product-model")
public interface ModelConfig {

    /**
     * Address of an OpenAI-compatible service, such as {@code https://api.openai.com/v1}: {@code /chat/completions} is put behind it.
     * Absent: that of OpenAI where there is a key, else no model is asked.
     */
    @WithDefault("${OPENAI_BASE_URL:}")
    Optional<URI> url();

    /** Sent as bearer token; absent: none is sent, as a service of one's own may want. A secret: it is never logged. */
    @WithDefault("${OPENAI_API_KEY:}")
    Optional<String> key();

    /** The model that is asked. It must be able to answer by a JSON schema. */
    @WithDefault("${OPENAI_MODEL:gpt-4o-mini}")
    String model();

    /** What may be spent in a day (UTC), in the currency of the prices; 0: the model is not asked. */
    @WithDefault("1.00")
    BigDecimal budgetPerDay();

    /** Price of a million tokens of what is asked. */
    @WithDefault("0.15")
    BigDecimal inputPrice();

    /** Price of a million tokens of what is answered. */
    @WithDefault("0.60")
    BigDecimal outputPrice();

    /** Tokens that an answer may have. An answer that is cut off there is of no use. */
    @WithDefault("1500")
    int answerTokens();

    /** How the request calls that limit: {@code max_completion_tokens}, or {@code max_tokens} for older services. */
    @WithDefault("max_completion_tokens")
    String answerTokensField();

    /** Answers over this size are refused. */
    @WithDefault("128K")
    MemorySize answerLimit();

    /** How long a connection may take to be there. */
    @WithDefault("5s")
    Duration connectTimeout();

    /** A request is broken off after this, even if the guard of the upstream {@code openai} waits longer. */
    @WithDefault("60s")
    Duration deadline();
}
