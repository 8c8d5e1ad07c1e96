package io.penstock.common.orders;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The states of an order. It begins as pending and leaves that once, for good. */
public enum OrderState {
    /** Its tickets are held until it expires. */
    PENDING,
    PAID,
    /** Its time passed; its tickets are on sale again. */
    EXPIRED,
    /** Given up before its time; its tickets are on sale again. */
    CANCELLED;

    /** As the API and the database name it. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<OrderState> ofWire(String wire) {
        return Arrays.stream(values())
                .filter(state -> state.wire().equals(wire))
                .findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(OrderState::wire).toList();
    }
}
