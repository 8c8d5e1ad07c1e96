package io.penstock.common.templates;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A place between two templates of an order: behind one, or before it. What it was is in it, so that nothing is remembered between pages.
 *
 * @param sort of which order it is a place
 * @param backwards the page ends here
 * @param keys of the template, as PostgreSQL wrote them
 */
@RegisterForReflection
public record TemplatePlace(TemplateSort sort, boolean ascending, boolean backwards, List<String> keys, UUID id) {

    public static final int MAX_LENGTH = 2_000;

    private static final int MAX_OFFSET_SECONDS = 15 * 3_600;

    private static final ObjectMapper JSON = new ObjectMapper();

    public TemplatePlace {
        keys = List.copyOf(keys);
    }

    /** For addresses. */
    public String asText() {
        List<String> all = new ArrayList<>(
                List.of(sort.wire(), ascending ? "up" : "down", backwards ? "before" : "behind", id.toString()));
        all.addAll(keys);
        try {
            return Base64.getUrlEncoder().withoutPadding().encodeToString(JSON.writeValueAsBytes(all));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Empty for a text that is no place. */
    public static Optional<TemplatePlace> ofText(String text) {
        try {
            String json = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
            String[] all = JSON.readValue(json, String[].class);
            if (all == null || all.length < 5) {
                return Optional.empty();
            }
            return TemplateSort.ofWire(all[0])
                    .map(sort -> new TemplatePlace(
                            sort,
                            all[1].equals("up"),
                            all[2].equals("before"),
                            List.of(all).subList(4, all.length),
                            UUID.fromString(all[3])))
                    .filter(TemplatePlace::isWhole);
        } catch (IllegalArgumentException | NullPointerException | JsonProcessingException e) {
            return Optional.empty();
        }
    }

    /** Whether PostgreSQL will be able to read the keys. */
    private boolean isWhole() {
        if (keys.size() != sort.types().size()) {
            return false;
        }
        for (int i = 0; i < keys.size(); i++) {
            String key = keys.get(i);
            boolean fits =
                    switch (sort.types().get(i)) {
                        case "bigint" -> key.matches("-?[0-9]{1,18}");
                        case "timestamptz" -> key.equals("-infinity") || isTime(key);
                        default -> key.indexOf('\0') < 0;
                    };
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static boolean isTime(String key) {
        try {
            OffsetDateTime time = OffsetDateTime.parse(key);
            // PostgreSQL knows smaller offsets than Java.
            return time.getYear() > 0
                    && time.getYear() < 10_000
                    && Math.abs(time.getOffset().getTotalSeconds()) <= MAX_OFFSET_SECONDS;
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
