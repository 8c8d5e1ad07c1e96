package io.penstock.common.products;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for of a user. Whatever is null is the default of a new user, and stays as it is of one that is there.
 *
 * @param webhookUrl empty: none any more
 * @param webhookSecret empty: none any more
 */
public record UserSpec(
        @Nullable String email,
        @Nullable String name,
        @Nullable String plan,
        @Nullable Double priceChangePercent,
        @Nullable Double rankChangePercent,
        @Nullable Double ratingChange,
        @Nullable Double reviewSurgePercent,
        @Nullable Boolean buyBoxAlerts,
        @Nullable Boolean emailOn,
        @Nullable String webhookUrl,
        @Nullable String webhookSecret,
        @Nullable String digest) {

    private static final int MAX_EMAIL = 254;
    private static final int MAX_NAME = 200;
    private static final int MAX_URL = 2_000;
    private static final int LEAST_SECRET = 16;
    private static final int MAX_SECRET = 200;
    private static final double MOST_PERCENT = 10_000;
    private static final double MOST_STARS = 5;
    private static final Pattern EMAIL = Pattern.compile("[^\\s@<>,;\"]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]");

    /** Fails with {@link InvalidProductException} where something is out of bounds. */
    public UserSpec checked() {
        if (email != null) {
            InvalidProductException.require(
                    email.length() <= MAX_EMAIL && EMAIL.matcher(email).matches(),
                    "email",
                    "must be an e-mail address");
        }
        if (name != null) {
            InvalidProductException.require(
                    name.length() <= MAX_NAME && name.chars().noneMatch(Character::isISOControl),
                    "name",
                    "must be at most " + MAX_NAME + " characters on one line");
        }
        if (plan != null) {
            InvalidProductException.require(
                    Plan.ofWire(plan).isPresent(), "plan", "must be one of " + String.join(", ", Plan.wires()));
        }
        if (digest != null) {
            InvalidProductException.require(
                    Digest.ofWire(digest).isPresent(), "digest", "must be one of " + String.join(", ", Digest.wires()));
        }
        requireUpTo("priceChangePercent", priceChangePercent, MOST_PERCENT);
        requireUpTo("rankChangePercent", rankChangePercent, MOST_PERCENT);
        requireUpTo("ratingChange", ratingChange, MOST_STARS);
        requireUpTo("reviewSurgePercent", reviewSurgePercent, MOST_PERCENT);
        if (webhookUrl != null && !webhookUrl.isEmpty()) {
            InvalidProductException.require(
                    isWebAddress(webhookUrl),
                    "webhookUrl",
                    "must be an http or https address without user and password");
        }
        if (webhookSecret != null && !webhookSecret.isEmpty()) {
            InvalidProductException.require(
                    webhookSecret.length() >= LEAST_SECRET
                            && webhookSecret.length() <= MAX_SECRET
                            && webhookSecret.chars().allMatch(each -> each > ' ' && each < 127),
                    "webhookSecret",
                    "must be " + LEAST_SECRET + " to " + MAX_SECRET + " visible ASCII characters");
        }
        return this;
    }

    static void requireUpTo(String field, @Nullable Double value, double most) {
        InvalidProductException.require(
                value == null || (value > 0 && value <= most), field, "must be more than 0 and at most " + most);
    }

    private static boolean isWebAddress(String text) {
        try {
            URI address = new URI(text);
            String scheme = address.getScheme();
            return text.length() <= MAX_URL
                    && scheme != null
                    && (scheme.toLowerCase(Locale.ROOT).equals("https")
                            || scheme.toLowerCase(Locale.ROOT).equals("http"))
                    && address.getHost() != null
                    && address.getRawUserInfo() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "UserSpec[" + email + "]";
    }
}
