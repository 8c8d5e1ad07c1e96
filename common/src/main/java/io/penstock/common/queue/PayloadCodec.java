package io.penstock.common.queue;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import io.penstock.common.job.FailureText;
import io.penstock.common.job.InvalidJobException;
import io.penstock.common.job.JobOptions;
import io.penstock.common.job.JobType;
import io.penstock.common.job.SnoozeException;
import io.penstock.common.job.UnknownJobTypeException;
import io.penstock.common.job.UnrecoverableJobException;
import io.quarkus.runtime.LaunchMode;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Payloads to the text that is stored, and back: JSON, with the checks of the payload class (bean validation) on the way
 * in, sealed where the type is encrypted, upgraded where an older producer wrote it. Whoever stores a payload, in Redis
 * or elsewhere, stores what {@link #encode} gives and keeps the type's version beside it.
 */
@ApplicationScoped
public class PayloadCodec {

    private static final Logger LOG = Logger.getLogger(PayloadCodec.class);

    private static final UnaryOperator<String> NO_MASK = UnaryOperator.identity();

    /** So soon a worker looks again at a payload it cannot read and a newer one can. */
    private static final Duration LEFT_TO_OTHERS = Duration.ofSeconds(10);

    /** More unknown keys than that are not named one by one. */
    private static final int MAX_WARNINGS = 100;

    /** The most digits before or behind the decimal point; no more than JSON text itself may hold. */
    private static final int MAX_SCALE = 1_000;

    private final ObjectMapper strict;
    private final ObjectMapper tolerant;
    /** Writes payloads. */
    private final ObjectMapper writer;

    private final Validator validator;
    private final long limitBytes;
    private final PayloadCipher cipher;
    private final PayloadUpgrades upgrades;
    /** Null: every type may be used. */
    private final @Nullable JobTypes types;

    private final Map<Class<?>, ObjectReader> usualReaders = new ConcurrentHashMap<>();
    private final Map<Class<?>, SecretFields> secrets = new ConcurrentHashMap<>();
    private final Set<String> warnedOf = ConcurrentHashMap.newKeySet();

    @Inject
    public PayloadCodec(
            ObjectMapper mapper,
            Validator validator,
            @ConfigProperty(name = "penstock.payload-limit", defaultValue = "64K") MemorySize limit,
            PayloadCipher cipher,
            PayloadUpgrades upgrades,
            JobTypes types) {
        this(mapper, validator, limit.asLongValue(), cipher, upgrades, types);
    }

    /** Neither encrypts nor upgrades. */
    public PayloadCodec(ObjectMapper mapper, Validator validator, long limitBytes) {
        this(mapper, validator, limitBytes, PayloadCipher.none(), PayloadUpgrades.none());
    }

    /** @param limitBytes the most bytes of UTF-8 that one payload may take, before it is sealed */
    public PayloadCodec(
            ObjectMapper mapper, Validator validator, long limitBytes, PayloadCipher cipher, PayloadUpgrades upgrades) {
        this(mapper, validator, limitBytes, cipher, upgrades, null);
    }

    PayloadCodec(
            ObjectMapper mapper,
            Validator validator,
            long limitBytes,
            PayloadCipher cipher,
            PayloadUpgrades upgrades,
            @Nullable JobTypes types) {
        this.strict = StrictMapper.of(mapper);
        this.tolerant = StrictMapper.exact(mapper.copy().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
        this.writer = strict.copy().registerModule(FiniteNumbers.module());
        this.validator = validator;
        this.limitBytes = limitBytes;
        this.cipher = cipher;
        this.upgrades = upgrades;
        this.types = types;
    }

    /**
     * The text to store. Fails with {@link InvalidJobException} where a constraint is broken, with {@link
     * PayloadTooLargeException} where the text is over the limit, with {@link UnknownJobTypeException} where no
     * {@link io.penstock.common.job.JobTypeSource} lists the type.
     */
    public String encode(JobType<?> type, Object payload) {
        if (types != null) {
            types.requireListed(type);
        }
        checkConstraints(payload);
        try {
            String json = writer.writeValueAsString(payload);
            checkSize(json);
            if (!WholeText.isWhole(json)) {
                throw new InvalidJobException("payload", "holds half of a surrogate pair, which is no character");
            }
            if (cipher.covers(type)) {
                return cipher.encrypt(type.name(), PayloadCipher.Part.PAYLOAD, json);
            }
            checkText(json);
            return json;
        } catch (FiniteNumbers.NotFiniteException e) {
            throw new InvalidJobException("payload" + JsonFault.pathOf(e), e.getOriginalMessage());
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", "cannot be written as JSON");
        }
    }

    /**
     * What a producer asks for with one job, its payload in clear and without a random part: to tell two requests apart by
     * their digest, never to be stored.
     */
    public List<String> request(JobType<?> type, Object payload, JobOptions options) {
        try {
            return List.of(
                    type.name(),
                    writer.writeValueAsString(payload),
                    strict.writeValueAsString(JobOptionsJson.of(options)));
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", "cannot be written as JSON");
        }
    }

    /** Reads what a caller sent: unknown fields and wrong types are refused by name. */
    public <P> P read(JsonNode json, Class<P> payloadClass) {
        JsonNode node = json.isNull() || json.isMissingNode() ? strict.createObjectNode() : json;
        if (hasUnusualNumber(node)) {
            refuseNumber(node, "payload");
        }
        try {
            P payload = strict.treeToValue(node, payloadClass);
            if (payload == null) {
                throw new InvalidJobException("payload", "must be a JSON object");
            }
            return payload;
        } catch (JsonProcessingException e) {
            JsonFault fault = JsonFault.of(e);
            throw new InvalidJobException("payload" + fault.path(), fault.reason());
        }
    }

    /**
     * As {@link #read}, from where the parser stands and without a tree in between, for calls of many jobs. For what is wholly usual
     * only: it may fail, with anything, where {@link #read} does not, so that callers ask that one
     * then; and it fails wherever that one does.
     *
     * @param at a parser of a {@link StrictMapper}, at the first token of the payload
     */
    public <P> P readUsual(JsonParser at, Class<P> payloadClass) throws IOException {
        ObjectReader reader = usualReaders.computeIfAbsent(
                payloadClass, type -> strict.readerFor(type).without(DeserializationFeature.FAIL_ON_TRAILING_TOKENS));
        P payload = reader.readValue(new UsualNumbers(at));
        if (payload == null) {
            throw new InvalidJobException("payload", "must be a JSON object");
        }
        return payload;
    }

    /** As {@link #read}, for text that nobody has parsed yet; refuses what is not JSON, repeats a field or nests too deeply. */
    public <P> P parse(String json, Class<P> payloadClass) {
        try {
            return read(strict.readTree(json), payloadClass);
        } catch (JsonProcessingException e) {
            throw new InvalidJobException("payload", JsonFault.of(e).reason());
        }
    }

    /**
     * Reads what the queue stored for a worker. Unknown fields are ignored: a newer producer may have added them.
     *
     * @throws SnoozeException when only another worker can read it: a newer version, or a key that is not known here
     * @throws UnrecoverableJobException when nobody can: a broken seal, or an upgrade that fails
     */
    public <P> P decode(JobType<P> type, ClaimedJob job) throws JsonProcessingException {
        if (job.payloadVersion() > type.version()) {
            throw new SnoozeException(
                    LEFT_TO_OTHERS,
                    "the payload has version " + job.payloadVersion() + ", this worker knows " + type.version());
        }
        String json = opened(type, job);
        boolean secret =
                PayloadCipher.isEncrypted(job.payload()) || !secretsOf(type).isEmpty();
        try {
            return job.payloadVersion() == type.version()
                    ? tolerant.readValue(json, type.payloadClass())
                    : tolerant.treeToValue(upgraded(type, job.payloadVersion(), json, secret), type.payloadClass());
        } catch (JsonProcessingException e) {
            if (!secret) {
                throw e;
            }
            // The parser's own message may quote the text, and reasons are not encrypted.
            JsonFault fault = JsonFault.of(e);
            throw new UnrecoverableJobException(
                    (PayloadCipher.isEncrypted(job.payload()) ? "the encrypted payload" : "the payload")
                            + " does not parse: payload" + fault.path() + " " + fault.reason());
        }
    }

    /** The items of a job that gathered them, in their order; the payload of another one is its only item. Fails as {@link #decode}. */
    public <P> List<P> decodeAll(JobType<P> type, ClaimedJob job) throws JsonProcessingException {
        if (!job.isGathered()) {
            return List.of(decode(type, job));
        }
        List<P> items = new ArrayList<>();
        for (JsonNode item : tolerant.readTree(job.payload())) {
            items.add(decode(type, job.withPayload(item.toString())));
        }
        return items;
    }

    /**
     * Reads a stored payload of the type's present version.
     *
     * @throws PayloadCipher.UnknownKeyException when it is sealed under a key that is not known here
     */
    public <P> P decode(JobType<P> type, String payload) throws JsonProcessingException {
        return tolerant.readValue(
                cipher.decrypt(type.name(), PayloadCipher.Part.PAYLOAD, payload), type.payloadClass());
    }

    /**
     * A handler's result as it is stored: sealed where the job's payload was; half of a surrogate pair becomes U+FFFD. In development and in tests also fails for
     * a result that a native executable could not write; see {@link NativeReflection}.
     */
    public String encodeResult(ClaimedJob job, Object result) throws JsonProcessingException {
        if (LaunchMode.current().isDevOrTest()) {
            checkRegistered(result);
        }
        String json = WholeText.repaired(strict.writeValueAsString(result));
        return PayloadCipher.isEncrypted(job.payload())
                ? cipher.encryptLike(job.payload(), job.type(), PayloadCipher.Part.RESULT, json)
                : json;
    }

    /** Masks texts that may quote what this payload holds of {@link io.penstock.common.job.Secret}s. */
    public UnaryOperator<String> maskOf(JobType<?> type, Object payload) {
        SecretFields fields = secretsOf(type);
        return fields.isEmpty() ? NO_MASK : fields.maskOf(writer.valueToTree(payload));
    }

    /** What somebody sends who saw the payload masked, with what is stored where the mask stands. */
    JsonNode restored(JobType<?> type, JsonNode wanted, @Nullable String stored) {
        SecretFields fields = secretsOf(type);
        if (fields.isEmpty() || stored == null) {
            return wanted;
        }
        try {
            String clear = cipher.decrypt(type.name(), PayloadCipher.Part.PAYLOAD, stored);
            return fields.restored(wanted, strict.readTree(clear));
        } catch (JsonProcessingException | PayloadCipher.UnknownKeyException | PayloadCipher.DecryptionException e) {
            throw new InvalidJobException("payload", "cannot be edited here, because what is stored cannot be read");
        }
    }

    private SecretFields secretsOf(JobType<?> type) {
        return secrets.computeIfAbsent(type.payloadClass(), payload -> SecretFields.of(payload, strict));
    }

    /** A few characters can stand for a number of a billion digits; nobody who reads it must have to write it out. */
    private static void refuseNumber(JsonNode node, String path) {
        if (isUnusualNumber(node)) {
            throw new InvalidJobException(path, "is a number that is too large or too small");
        }
        for (var field : node.properties()) {
            refuseNumber(field.getValue(), path + "." + field.getKey());
        }
        for (int i = 0; node.isArray() && i < node.size(); i++) {
            refuseNumber(node.get(i), path + "[" + i + "]");
        }
    }

    private static boolean hasUnusualNumber(JsonNode node) {
        if (!node.isContainerNode()) {
            return isUnusualNumber(node);
        }
        for (JsonNode inside : node) {
            if (hasUnusualNumber(inside)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isUnusualNumber(JsonNode node) {
        return node.isBigDecimal() && Math.abs((long) node.decimalValue().scale()) > MAX_SCALE;
    }

    private static void checkRegistered(Object result) throws JsonProcessingException {
        Optional<String> fault = NativeReflection.faultOf(result);
        if (fault.isPresent()) {
            throw new UnregisteredResultException(fault.get());
        }
    }

    private static final class UnregisteredResultException extends JsonProcessingException {

        private static final long serialVersionUID = 1;

        UnregisteredResultException(String message) {
            super(message);
        }
    }

    private String opened(JobType<?> type, ClaimedJob job) {
        try {
            return cipher.decrypt(type.name(), PayloadCipher.Part.PAYLOAD, job.payload());
        } catch (PayloadCipher.UnknownKeyException e) {
            if (warnedOf.size() < MAX_WARNINGS && warnedOf.add(e.keyId())) {
                LOG.warnf(
                        "jobs are encrypted under the key '%s', which is not configured here; they are left to workers"
                                + " that have it (first seen: job %s of type %s)",
                        e.keyId(), job.id(), type.name());
            }
            throw new SnoozeException(
                    LEFT_TO_OTHERS, "the payload is encrypted under the key '" + e.keyId() + "', unknown here");
        } catch (PayloadCipher.DecryptionException e) {
            throw new UnrecoverableJobException("the payload cannot be decrypted: " + e.getMessage());
        }
    }

    private JsonNode upgraded(JobType<?> type, int fromVersion, String json, boolean secret)
            throws JsonProcessingException {
        String versions = "of the payload from version " + fromVersion + " to " + type.version();
        PayloadUpgrade upgrade = upgrades.find(type.name())
                .orElseThrow(() -> new UnrecoverableJobException("there is no upgrade " + versions));
        JsonNode payload = tolerant.readTree(json);
        try {
            return upgrade.upgrade(fromVersion, payload);
        } catch (RuntimeException | Error e) {
            String failed =
                    "the upgrade " + versions + " failed: " + e.getClass().getSimpleName();
            throw secret
                    ? new UnrecoverableJobException(failed)
                    : new UnrecoverableJobException(failed + ": " + FailureText.message(e), e);
        }
    }

    private void checkConstraints(Object payload) {
        Set<ConstraintViolation<Object>> broken = validator.validate(payload);
        if (!broken.isEmpty()) {
            ConstraintViolation<Object> first = broken.stream()
                    .min((a, b) -> a.getPropertyPath()
                            .toString()
                            .compareTo(b.getPropertyPath().toString()))
                    .orElseThrow();
            throw new InvalidJobException("payload." + first.getPropertyPath(), first.getMessage());
        }
    }

    /** What only looks sealed would be taken for a secret by every reader. */
    private static void checkText(String json) {
        if (PayloadCipher.isEncrypted(json)) {
            throw new InvalidJobException("payload", "must not begin as an encrypted one does");
        }
    }

    private void checkSize(String json) {
        // Three bytes a character is the most UTF-8 needs for a Java char, so most payloads need no second look.
        if (json.length() * 3L > limitBytes && json.getBytes(StandardCharsets.UTF_8).length > limitBytes) {
            throw new PayloadTooLargeException(limitBytes);
        }
    }
}
