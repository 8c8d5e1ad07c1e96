package io.penstock.common.history;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Conditions of a statement and the values in them, in one order. Values travel apart from the text. */
final class Conditions {

    private final StringBuilder sql = new StringBuilder();
    private final List<Object> values = new ArrayList<>();

    Conditions() {}

    /** Without conditions, and with the values of another: both go into one statement. */
    Conditions(Conditions before) {
        values.addAll(before.values);
    }

    Conditions within(HistoryTime time) {
        return and("ended_at >= ? AND ended_at < ?", HistoryQueries.time(time.from()), HistoryQueries.time(time.to()));
    }

    /** @param condition with a question mark for each value */
    Conditions and(String condition, Object... more) {
        if (!isEmpty()) {
            sql.append(" AND ");
        }
        int next = 0;
        for (int i = 0; i < condition.length(); i++) {
            char c = condition.charAt(i);
            if (c == '?') {
                sql.append(numbered(more[next++]));
            } else {
                sql.append(c);
            }
        }
        return this;
    }

    boolean isEmpty() {
        return sql.isEmpty();
    }

    String text() {
        return sql.toString();
    }

    List<Object> values() {
        return values;
    }

    /** @param statement puts the conditions, and perhaps further values, into a statement */
    HistoryQueries.Statement into(UnaryOperator<String> statement) {
        return new HistoryQueries.Statement(statement.apply(text()), values);
    }

    /** The place of a value in the statement. */
    String numbered(Object value) {
        values.add(value);
        return "$" + values.size();
    }
}
