package io.penstock.common.orders;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** The formats of pictures that the shop takes: those that browsers show and that cannot hold programs. */
public enum ImageType {
    PNG("image/png", "png") {
        @Override
        boolean fits(byte[] content) {
            return begins(content, 0, new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'});
        }
    },
    JPEG("image/jpeg", "jpg") {
        @Override
        boolean fits(byte[] content) {
            return begins(content, 0, new byte[] {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF});
        }
    },
    WEBP("image/webp", "webp") {
        @Override
        boolean fits(byte[] content) {
            return begins(content, 0, ascii("RIFF")) && begins(content, FORMAT_AT, ascii("WEBP"));
        }
    };

    /** Where a RIFF file says what it holds. */
    private static final int FORMAT_AT = 8;

    private final String mediaType;
    private final String extension;

    ImageType(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    public String mediaType() {
        return mediaType;
    }

    String extension() {
        return extension;
    }

    /** Whether the content begins as such pictures do. */
    abstract boolean fits(byte[] content);

    /**
     * The type of this name.
     *
     * @param mediaType without parameters
     */
    public static Optional<ImageType> of(String mediaType) {
        return Arrays.stream(values())
                .filter(type -> type.mediaType.equalsIgnoreCase(mediaType))
                .findFirst();
    }

    private static boolean begins(byte[] content, int at, byte[] with) {
        int end = at + with.length;
        return content.length >= end && Arrays.equals(content, at, end, with, 0, with.length);
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
