package io.penstock.common.queue;

import io.smallrye.config.ConfigMapping;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Encryption of payloads and results at rest, under {@code penstock.encryption}. Must be the same in every deployable.
 * To rotate: add the new key everywhere, then make it the active one; drop the old one when no job of it is left.
 */
@ConfigMapping(prefix = "penstock.encryption")
public interface EncryptionConfig {

    /** Keys by id: 32 bytes each, in Base64. All of them decrypt. Ids are letters, digits, {@code . _ -}. */
    Map<String, String> keys();

    /** Id of the key that encrypts from now on. */
    Optional<String> activeKey();

    /** Queues whose job types are all encrypted, besides the types that ask for it themselves. */
    Optional<List<String>> queues();
}
