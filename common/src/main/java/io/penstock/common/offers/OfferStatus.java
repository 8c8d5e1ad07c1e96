package io.penstock.common.offers;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether an offer can be promoted, in the feed's words; the same words are in the database and in the API. */
public enum OfferStatus {
    ACTIVE("Active"),
    PAUSED("Paused"),
    BLOCKED("Blocked"),
    UNKNOWN("Unknown");

    static final String WIRE_PATTERN = "Active|Paused|Blocked|Unknown";
    public static final String WIRE_MESSAGE = "must be one of Active, Paused, Blocked, Unknown";

    private final String wire;

    OfferStatus(String wire) {
        this.wire = wire;
    }

    @JsonValue
    public String wire() {
        return wire;
    }

    /** The status of exactly this word, upper or lower case; empty where there is none. */
    public static Optional<OfferStatus> named(String word) {
        for (OfferStatus status : values()) {
            if (status.wire.equalsIgnoreCase(word)) {
                return Optional.of(status);
            }
        }
        return Optional.empty();
    }

    /** As {@link #named}; a missing or new word is {@link #UNKNOWN}, because a feed may add words. */
    @JsonCreator
    public static OfferStatus of(@Nullable String word) {
        return word == null ? UNKNOWN : named(word.strip()).orElse(UNKNOWN);
    }
}
