package io.penstock.common.orders;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What an uploaded file may be used for. */
public enum FileKind {
    /** A picture of a user. */
    AVATAR("avatars/"),
    /** A picture of a concert. */
    POSTER("posters/");

    private final String prefix;

    FileKind(String prefix) {
        this.prefix = prefix;
    }

    /** What the keys of such files begin with. */
    String prefix() {
        return prefix;
    }

    /** As the API and the database name it. */
    @JsonValue
    public String wire() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static Optional<FileKind> ofWire(String wire) {
        return Arrays.stream(values()).filter(kind -> kind.wire().equals(wire)).findFirst();
    }

    public static List<String> wires() {
        return Arrays.stream(values()).map(FileKind::wire).toList();
    }
}
