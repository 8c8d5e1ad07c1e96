package io.penstock.common.cache;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * How a value is stored: 12 bytes, then its JSON, compressed where that pays.
 *
 * <pre>
 * byte  0     version of this form: 1
 * byte  1     1: compressed (raw deflate)   2: the loader found nothing, no JSON follows
 * bytes 2-3   version of the form of the values, see {@link CacheDefinition#version()}
 * bytes 4-11  valid until, epoch ms by the clock of the writer: no copy in memory outlives it
 * </pre>
 */
final class ValueEnvelope<V> {

    private static final byte VERSION = 1;
    private static final byte COMPRESSED = 1;
    private static final byte NOTHING = 2;
    private static final int HEADER = 12;
    /** Shorter texts gain less than compressing costs. */
    private static final int WORTH_COMPRESSING = 1_024;

    private final ObjectReader reader;
    private final ObjectWriter writer;
    private final int version;
    private final int maxBytes;

    /** @param maxBytes of a value as JSON */
    ValueEnvelope(ObjectMapper mapper, Class<V> valueClass, int version, int maxBytes) {
        // How to read and write a class is found out with its first value: for all classes of all caches it would hold
        // up each start.
        this.reader = mapper.reader()
                .without(DeserializationFeature.EAGER_DESERIALIZER_FETCH)
                .forType(valueClass);
        this.writer = mapper.writer()
                .without(SerializationFeature.EAGER_SERIALIZER_FETCH)
                .forType(valueClass);
        this.version = version;
        this.maxBytes = maxBytes;
    }

    /** An entry as it was stored. */
    record Opened<V>(@Nullable V value, long validUntilMs) {}

    /**
     * The stored form; empty: the value is larger than allowed.
     *
     * @throws IOException where the value cannot be written as JSON
     */
    Optional<byte[]> seal(@Nullable V value, long validUntilMs) throws IOException {
        if (value == null) {
            return Optional.of(header(NOTHING, validUntilMs, 0).array());
        }
        BoundedBytes json = new BoundedBytes(maxBytes);
        try {
            writer.writeValue(json, value);
        } catch (IOException | RuntimeException e) {
            if (json.overflown) {
                return Optional.empty();
            }
            throw e;
        }
        byte[] plain = json.toByteArray();
        byte[] packed = plain.length < WORTH_COMPRESSING ? plain : deflate(plain);
        boolean smaller = packed.length < plain.length;
        byte[] body = smaller ? packed : plain;
        return Optional.of(header(smaller ? COMPRESSED : 0, validUntilMs, body.length)
                .put(body)
                .array());
    }

    /** Empty where it is of another version, or damaged. */
    Optional<Opened<V>> open(byte[] stored) {
        if (stored.length < HEADER || stored[0] != VERSION) {
            return Optional.empty();
        }
        ByteBuffer in = ByteBuffer.wrap(stored, 2, stored.length - 2);
        if ((in.getShort() & 0xFFFF) != version) {
            return Optional.empty();
        }
        long validUntil = in.getLong();
        if (stored[1] == NOTHING) {
            return Optional.of(new Opened<>(null, validUntil));
        }
        try {
            V value = stored[1] == COMPRESSED
                    ? reader.readValue(inflate(stored))
                    : reader.readValue(stored, HEADER, stored.length - HEADER);
            return value == null ? Optional.empty() : Optional.of(new Opened<>(value, validUntil));
        } catch (IOException | DataFormatException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private ByteBuffer header(int flags, long validUntilMs, int body) {
        return ByteBuffer.allocate(HEADER + body)
                .put(VERSION)
                .put((byte) flags)
                .putShort((short) version)
                .putLong(validUntilMs);
    }

    private static byte[] deflate(byte[] plain) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        try {
            deflater.setInput(plain);
            deflater.finish();
            byte[] out = new byte[plain.length];
            int length = deflater.deflate(out);
            return deflater.finished() ? Arrays.copyOf(out, length) : plain;
        } finally {
            deflater.end();
        }
    }

    /** What somebody else put there must not unpack to more than the largest value. */
    private byte[] inflate(byte[] stored) throws DataFormatException, IOException {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(stored, HEADER, stored.length - HEADER);
            BoundedBytes out = new BoundedBytes(maxBytes);
            byte[] piece = new byte[8_192];
            while (!inflater.finished()) {
                int length = inflater.inflate(piece);
                if (length == 0 && (inflater.needsInput() || inflater.needsDictionary())) {
                    throw new DataFormatException("cut off");
                }
                out.write(piece, 0, length);
            }
            return out.toByteArray();
        } finally {
            inflater.end();
        }
    }

    /** Fails before it holds more than allowed. */
    private static final class BoundedBytes extends ByteArrayOutputStream {

        private final int most;
        private boolean overflown;

        BoundedBytes(int most) {
            this.most = most;
        }

        @Override
        public synchronized void write(int value) {
            check(1);
            super.write(value);
        }

        @Override
        public synchronized void write(byte[] from, int offset, int length) {
            check(length);
            super.write(from, offset, length);
        }

        private void check(int more) {
            if (count + (long) more > most) {
                overflown = true;
                throw new TooLargeException();
            }
        }
    }

    private static final class TooLargeException extends RuntimeException {

        TooLargeException() {
            super("larger than allowed", null, false, false);
        }
    }
}
