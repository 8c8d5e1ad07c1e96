package io.penstock.common.orders;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs requests as S3 wants it: AWS Signature Version 4. */
final class S3Signature {

    private static final String HEADERS = "host;x-amz-content-sha256;x-amz-date";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyyMMdd").withZone(ZoneOffset.UTC);
    private static final String UNRESERVED = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

    private final String accessKey;
    private final String secretKey;
    private final String region;

    S3Signature(String accessKey, String secretKey, String region) {
        this.accessKey = accessKey;
        this.secretKey = secretKey;
        this.region = region;
    }

    static String time(Instant now) {
        return TIME.format(now);
    }

    /** As part of a path or a query: everything but letters, digits and {@code -._~} as bytes of UTF-8. */
    static String encode(String text) {
        StringBuilder encoded = new StringBuilder(text.length() + 16);
        for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
            if (UNRESERVED.indexOf((char) (each & 0xFF)) >= 0) {
                encoded.append((char) each);
            } else {
                encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    static String queryString(SortedMap<String, String> query) {
        return query.entrySet().stream()
                .map(entry -> encode(entry.getKey()) + "=" + encode(entry.getValue()))
                .collect(Collectors.joining("&"));
    }

    /**
     * The header {@code Authorization}.
     *
     * @param path encoded
     * @param host as the header {@code Host} has it
     * @param bodyHash see {@link #hash}
     */
    String authorization(
            String method, String path, SortedMap<String, String> query, String host, String bodyHash, Instant now) {
        String scope = DAY.format(now) + "/" + region + "/s3/aws4_request";
        String request = String.join(
                "\n",
                method,
                path,
                queryString(query),
                "host:" + host,
                "x-amz-content-sha256:" + bodyHash,
                "x-amz-date:" + time(now),
                "",
                HEADERS,
                bodyHash);
        String toSign = String.join("\n", "AWS4-HMAC-SHA256", time(now), scope, sha256(request));
        byte[] key = ("AWS4" + secretKey).getBytes(StandardCharsets.UTF_8);
        for (String part : new String[] {DAY.format(now), region, "s3", "aws4_request"}) {
            key = hmac(key, part);
        }
        return "AWS4-HMAC-SHA256 Credential=" + accessKey + "/" + scope + ", SignedHeaders=" + HEADERS + ", Signature="
                + HexFormat.of().formatHex(hmac(key, toSign));
    }

    /** The headers of a signed request, but for Host. */
    Map<String, String> headers(
            String method, String path, SortedMap<String, String> query, String host, String bodyHash, Instant now) {
        return Map.of(
                "x-amz-content-sha256",
                bodyHash,
                "x-amz-date",
                time(now),
                "Authorization",
                authorization(method, path, query, host, bodyHash, now));
    }

    private static String sha256(String text) {
        return hash(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Of a body, as the signature has it. */
    static String hash(byte[] body) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JVM has HMAC-SHA256", e);
        }
    }
}
