package io.penstock.api.batches;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.batch.BatchStore;
import io.penstock.common.queue.StrictMapper;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads items that come as lines: one JSON value each, or rows of CSV behind a header. A line that is none becomes an item that fails. */
@ApplicationScoped
class ItemLines {

    /** Characters of a line that are kept where it cannot be read. */
    private static final int SHOWN = 200;

    private final ObjectMapper json;
    private final CsvMapper csv;

    @Inject
    ItemLines(ObjectMapper mapper) {
        this.json = StrictMapper.exact(mapper.copy());
        this.csv = CsvMapper.builder().enable(CsvParser.Feature.WRAP_AS_ARRAY).build();
    }

    /** Empty lines are no items. */
    BatchStore.Input ofJson(String text) {
        List<JsonNode> items = new ArrayList<>();
        List<@Nullable String> faults = new ArrayList<>();
        int number = 0;
        for (String line : text.split("\n", -1)) {
            number++;
            if (line.isBlank()) {
                continue;
            }
            try {
                items.add(json.readTree(line));
                faults.add(null);
            } catch (JsonProcessingException e) {
                items.add(shown(line));
                faults.add("line " + number + ": is no JSON: " + e.getOriginalMessage());
            }
        }
        return new BatchStore.Input(items, faults);
    }

    /** An array of values. Fails with a problem where it is none. */
    BatchStore.Input ofArray(String text) {
        try {
            JsonNode array = json.readTree(text);
            if (!array.isArray()) {
                throw ProblemException.of(ProblemCode.INVALID_REQUEST, "The body must be an array of items.");
            }
            List<JsonNode> items = new ArrayList<>(array.size());
            array.forEach(items::add);
            return BatchStore.Input.of(items);
        } catch (JsonProcessingException e) {
            throw ProblemException.of(
                    ProblemCode.MALFORMED_JSON, "The body is not acceptable JSON: " + e.getOriginalMessage());
        }
    }

    /** Each row becomes an object whose fields are named by the first line; every value is text, an empty one is left out. */
    BatchStore.Input ofCsv(String text) {
        List<JsonNode> items = new ArrayList<>();
        List<@Nullable String> faults = new ArrayList<>();
        try (MappingIterator<String[]> rows = csv.readerFor(String[].class).readValues(text)) {
            if (!rows.hasNext()) {
                throw ProblemException.of(ProblemCode.INVALID_REQUEST, "The first line must name the columns.");
            }
            String[] header = rows.next();
            while (rows.hasNext()) {
                int number = rows.getParser().currentLocation().getLineNr();
                String[] row = rows.next();
                if (row.length == 1 && row[0].isBlank()) {
                    continue;
                }
                boolean fits = row.length == header.length;
                items.add(fits ? object(header, row) : shown(String.join(",", row)));
                faults.add(
                        fits
                                ? null
                                : "line " + number + ": has " + row.length + " columns, the header names "
                                        + header.length);
            }
        } catch (IOException | RuntimeException e) {
            if (e instanceof ProblemException problem) {
                throw problem;
            }
            // Behind it nothing is certain: an open quote swallows what follows.
            throw ProblemException.of(
                    ProblemCode.MALFORMED_REQUEST,
                    "Behind row " + items.size() + " the body is no CSV; nothing of it was taken.");
        }
        return new BatchStore.Input(items, faults);
    }

    private static ObjectNode object(String[] header, String[] row) {
        ObjectNode object = JsonNodeFactory.instance.objectNode();
        for (int i = 0; i < header.length; i++) {
            if (!row[i].isEmpty()) {
                object.put(header[i].trim(), row[i]);
            }
        }
        return object;
    }

    private static JsonNode shown(String line) {
        return JsonNodeFactory.instance.textNode(line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…");
    }
}
