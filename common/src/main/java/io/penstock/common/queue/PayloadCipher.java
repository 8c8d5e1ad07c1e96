package io.penstock.common.queue;

import io.penstock.common.job.JobType;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what is stored of jobs: AES-256-GCM under the active key. A sealed text is the JSON string
 * {@code "enc:1:<key id>:<Base64 of nonce and ciphertext>"}, so that it can go wherever JSON can; nobody needs a key to
 * see that it is sealed. The job type and whether it is a payload or a result are authenticated with it: a sealed text
 * that is moved to a job of another type does not open. The queue is not, because a type may move to another one while
 * its jobs wait.
 *
 * <p>Sealed are payloads and results. Ids, types, labels, error texts, progress and log lines are not.
 */
@ApplicationScoped
public class PayloadCipher {

    /** What a text belongs to. */
    public enum Part {
        PAYLOAD,
        RESULT
    }

    private static final String MARK = "\"enc:1:";
    /** What stands for a sealed text where it may not be read: a JSON string. */
    public static final String VEIL = "\"encrypted\"";

    private static final Pattern KEY_ID = Pattern.compile("[A-Za-z0-9._-]{1,40}");
    private static final int KEY_BYTES = 32;
    /** As GCM wants it. Random ones stay apart for some billions of texts per key. */
    private static final int NONCE_BYTES = 12;

    private static final int TAG_BITS = 128;

    /** Not static: a native image would carry its seed from the build. */
    private final SecureRandom random = new SecureRandom();

    private final Map<String, SecretKey> keys = new TreeMap<>();
    private final @Nullable String activeKey;
    private final Set<String> queues;

    /** Stops the start where a key is malformed or the active one is missing. */
    @Inject
    public PayloadCipher(EncryptionConfig config) {
        this(
                config.keys(),
                config.activeKey().filter(id -> !id.isBlank()).orElse(null),
                config.queues().map(Set::copyOf).orElse(Set.of()));
    }

    /**
     * For programs without a bean container.
     *
     * @param keys in Base64, by id
     * @param activeKey null: nothing is encrypted
     * @param queues whose types are all encrypted
     */
    public PayloadCipher(Map<String, String> keys, @Nullable String activeKey, Set<String> queues) {
        keys.forEach((id, base64) -> this.keys.put(checkedId(id), key(id, base64)));
        if (activeKey != null && !keys.containsKey(activeKey)) {
            throw new IllegalArgumentException("penstock.encryption.active-key is '" + activeKey
                    + "', but there is no penstock.encryption.keys.\"" + activeKey + "\"");
        }
        if (activeKey == null && !queues.isEmpty()) {
            throw new IllegalArgumentException(
                    "penstock.encryption.queues is set, but penstock.encryption.active-key is not");
        }
        this.activeKey = activeKey;
        this.queues = queues;
    }

    /** Seals nothing. */
    public static PayloadCipher none() {
        return new PayloadCipher(Map.of(), null, Set.of());
    }

    /** Fails where a type asks for encryption and there is no key for it. */
    public void checkFor(Iterable<JobType<?>> types) {
        for (JobType<?> type : types) {
            if (covers(type) && activeKey == null) {
                throw new IllegalArgumentException(
                        "job type '" + type.name() + "' is encrypted, but penstock.encryption.active-key is not set");
            }
        }
    }

    /** True when payloads and results of this type are stored sealed. */
    public boolean covers(JobType<?> type) {
        return type.isEncrypted() || queues.contains(type.queue());
    }

    /** True for a text that this class, in whatever deployment, has sealed. */
    public static boolean isEncrypted(@Nullable String text) {
        return text != null && text.startsWith(MARK);
    }

    /** The text itself, or {@link #VEIL} in place of a sealed one. */
    public static @Nullable String redacted(@Nullable String text) {
        return isEncrypted(text) ? VEIL : text;
    }

    /** Seals a text under the active key. */
    public String encrypt(String jobType, Part part, String text) {
        if (activeKey == null) {
            throw new IllegalStateException("there is no active key to encrypt with");
        }
        return encrypt(activeKey, jobType, part, text);
    }

    /** As {@link #encrypt}; where nothing is encrypted any more, under the key of {@code sealed}, which was just opened. */
    String encryptLike(String sealed, String jobType, Part part, String text) {
        return activeKey != null
                ? encrypt(jobType, part, text)
                : encrypt(sealed.substring(MARK.length(), sealed.indexOf(':', MARK.length())), jobType, part, text);
    }

    private String encrypt(String id, String jobType, Part part, String text) {
        try {
            byte[] nonce = new byte[NONCE_BYTES];
            random.nextBytes(nonce);
            Cipher cipher = encrypt(Cipher.ENCRYPT_MODE, id, nonce, jobType, part);
            byte[] clear = text.getBytes(StandardCharsets.UTF_8);
            ByteBuffer envelope = ByteBuffer.allocate(NONCE_BYTES + cipher.getOutputSize(clear.length));
            envelope.put(nonce);
            cipher.doFinal(ByteBuffer.wrap(clear), envelope);
            return MARK + id + ":" + Base64.getEncoder().encodeToString(envelope.array()) + "\"";
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has AES-GCM", e);
        }
    }

    /**
     * The clear text; what is not sealed comes back as it is.
     *
     * @throws UnknownKeyException when this process does not have the key
     * @throws DecryptionException when the text was changed, or sealed for another type or part
     */
    public String decrypt(String jobType, Part part, String text) {
        if (!isEncrypted(text)) {
            return text;
        }
        int end = text.indexOf(':', MARK.length());
        if (end < 0 || !text.endsWith("\"")) {
            throw new DecryptionException("the encrypted text is cut off");
        }
        String id = text.substring(MARK.length(), end);
        if (!keys.containsKey(id)) {
            throw new UnknownKeyException(KEY_ID.matcher(id).matches() ? id : "(malformed)");
        }
        try {
            String base64 = text.substring(end + 1, text.length() - 1);
            byte[] envelope = Base64.getDecoder().decode(base64);
            if (envelope.length < NONCE_BYTES) {
                throw new DecryptionException("the encrypted text is cut off");
            }
            // The decoder ignores the unused bits of the last character: several texts would open as the same.
            if (!Base64.getEncoder().encodeToString(envelope).equals(base64)) {
                throw new DecryptionException("the encrypted text was changed");
            }
            ByteBuffer all = ByteBuffer.wrap(envelope);
            byte[] nonce = new byte[NONCE_BYTES];
            all.get(nonce);
            byte[] sealed = new byte[all.remaining()];
            all.get(sealed);
            return new String(
                    encrypt(Cipher.DECRYPT_MODE, id, nonce, jobType, part).doFinal(sealed), StandardCharsets.UTF_8);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Without the cause: what exactly did not fit helps nobody but an attacker.
            throw new DecryptionException("it was changed, or encrypted for another job type, or under another key of"
                    + " the id '" + id + "'");
        }
    }

    private Cipher encrypt(int mode, String keyId, byte[] nonce, String jobType, Part part)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(keyId), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((part + "\n" + jobType).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String checkedId(String id) {
        if (!KEY_ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    "penstock.encryption.keys: an id must be 1 to 40 letters, digits, '.', '_' or '-'");
        }
        return id;
    }

    /** Its complaints never hold the key. */
    private static SecretKey key(String id, String base64) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(base64.trim());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("penstock.encryption.keys.\"" + id + "\" is not Base64");
        }
        if (bytes.length != KEY_BYTES) {
            throw new IllegalArgumentException(
                    "penstock.encryption.keys.\"" + id + "\" is " + bytes.length + " bytes long, must be " + KEY_BYTES);
        }
        return new SecretKeySpec(bytes, "AES");
    }

    /** The key is not among those of this process. Another process, or a later configuration, may have it. */
    public static final class UnknownKeyException extends RuntimeException {

        private final String keyId;

        UnknownKeyException(String keyId) {
            super("no key '" + keyId + "' is configured here");
            this.keyId = keyId;
        }

        public String keyId() {
            return keyId;
        }
    }

    /** A sealed text that no key will open. */
    public static final class DecryptionException extends RuntimeException {

        DecryptionException(String message) {
            super(message);
        }
    }
}
