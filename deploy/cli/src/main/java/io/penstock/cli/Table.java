package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Rows under headings, as wide as they need to be. What the API tells may be anybody's text: no control character of it gets through. */
final class Table {

    private static final int MAX_WIDTH = 60;
    private static final String BETWEEN = "  ";
    private static final String BOLD = "\u001b[1m";
    private static final String PLAIN = "\u001b[0m";

    private record Column(String heading, Function<JsonNode, String> cell) {}

    private final List<Column> columns = new ArrayList<>();

    /** @param pointer where in a row the value is, such as {@code slots/used} */
    Table column(String heading, String pointer) {
        return column(heading, row -> text(row.at("/" + pointer)));
    }

    Table column(String heading, Function<JsonNode, String> cell) {
        columns.add(new Column(heading, cell));
        return this;
    }

    String render(Iterable<JsonNode> rows, boolean colours) {
        List<List<String>> lines = new ArrayList<>();
        lines.add(columns.stream().map(Column::heading).toList());
        rows.forEach(row -> lines.add(
                columns.stream().map(column -> shown(column.cell().apply(row))).toList()));
        int[] widths = new int[columns.size()];
        lines.forEach(line -> {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < lines.size(); i++) {
            boolean heading = i == 0 && colours;
            out.append(heading ? BOLD : "")
                    .append(line(lines.get(i), widths, colours))
                    .append(heading ? PLAIN : "")
                    .append('\n');
        }
        return out.toString();
    }

    /** One thing, a line for each column. */
    String renderOne(JsonNode row) {
        int width = columns.stream()
                .mapToInt(column -> column.heading().length())
                .max()
                .orElse(0);
        StringBuilder out = new StringBuilder();
        for (Column column : columns) {
            String value = clean(column.cell().apply(row));
            if (!value.isEmpty()) {
                out.append(pad(column.heading(), width))
                        .append(BETWEEN)
                        .append(value)
                        .append('\n');
            }
        }
        return out.toString();
    }

    private static String line(List<String> cells, int[] widths, boolean colours) {
        StringBuilder line = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            String cell = i == cells.size() - 1 ? cells.get(i) : pad(cells.get(i), widths[i]);
            line.append(i == 0 ? "" : BETWEEN)
                    .append(colours ? Colour.of(cells.get(i)).apply(cell) : cell);
        }
        return line.toString().stripTrailing();
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    private static String shown(String text) {
        String clean = clean(text);
        return clean.length() <= MAX_WIDTH ? clean : clean.substring(0, MAX_WIDTH - 1) + "…";
    }

    static String text(JsonNode value) {
        if (value.isMissingNode() || value.isNull()) {
            return "";
        }
        return value.isValueNode() ? value.asText() : value.toString();
    }

    /** Also without the escape sequences that would reach the terminal, and without what turns its writing round. */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints().forEach(point -> {
            int type = Character.getType(point);
            boolean odd = Character.isISOControl(point) || type == Character.FORMAT || type == Character.LINE_SEPARATOR;
            clean.appendCodePoint(odd ? ' ' : point);
        });
        return clean.toString();
    }
}
