package io.penstock.common.schedule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads five or six fields into a {@link CalendarTimetable}; refuses with the position of the offending part. */
final class CronParser {

    /** A piece of the expression and where it begins, counted from 0. */
    private record Piece(String text, int start) {

        Piece after(int index) {
            return new Piece(text.substring(index), start + index);
        }

        Piece before(int index) {
            return new Piece(text.substring(0, index), start);
        }
    }

    private final String text;

    CronParser(String text) {
        this.text = text;
    }

    CalendarTimetable parse() {
        List<Piece> pieces = split(new Piece(text, 0), true);
        if (pieces.size() != 5 && pieces.size() != 6) {
            throw ScheduleExpression.refused(
                    0, "has " + pieces.size() + " fields, expected 5 (minute first) or 6 (second first)");
        }
        boolean withSeconds = pieces.size() == 6;
        List<CronField> fields = withSeconds ? CronField.SIX : CronField.FIVE;
        Map<CronField, FieldValues> values = new EnumMap<>(CronField.class);
        values.put(CronField.SECOND, FieldValues.only(0));
        for (int i = 0; i < pieces.size(); i++) {
            values.put(fields.get(i), new FieldReader(fields.get(i)).read(pieces.get(i)));
        }
        return new CalendarTimetable(values, withSeconds);
    }

    private static List<Piece> split(Piece piece, boolean atBlanks) {
        List<Piece> parts = new ArrayList<>();
        String text = piece.text();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            boolean end =
                    i == text.length() || (atBlanks ? Character.isWhitespace(text.charAt(i)) : text.charAt(i) == ',');
            if (end) {
                if (!atBlanks || i > start) {
                    parts.add(new Piece(text.substring(start, i), piece.start() + start));
                }
                start = i + 1;
            }
        }
        return parts;
    }

    /** Collects the elements of one field. */
    private static final class FieldReader {

        private final CronField field;
        private boolean repeats;
        private long values;
        private long fromEnd;
        private long nearest;
        private long nearestFromEnd;
        private long lastWeekdays;
        private long nthWeekdays;

        FieldReader(CronField field) {
            this.field = field;
        }

        FieldValues read(Piece piece) {
            List<Piece> elements = split(piece, false);
            for (Piece element : elements) {
                if (hasW(element)) {
                    checkW(element, elements.size());
                }
                readElement(element);
            }
            boolean any = piece.text().startsWith("*") || piece.text().startsWith("?");
            return new FieldValues(
                    any,
                    repeats,
                    loneStep(piece.text()),
                    values,
                    fromEnd,
                    nearest,
                    nearestFromEnd,
                    lastWeekdays,
                    nthWeekdays);
        }

        private void readElement(Piece element) {
            String text = element.text();
            if (text.isEmpty()) {
                throw refused(element, "an element of the list is empty");
            }
            int slash = text.indexOf('/');
            if (slash >= 0) {
                readStepped(element.before(slash), element.after(slash + 1));
            } else if (hasW(element)) {
                readNearest(element.before(text.length() - 1));
            } else if (field == CronField.DAY_OF_MONTH && startsWithL(text)) {
                fromEnd |= Bits.of(daysBeforeEnd(element));
            } else if (field == CronField.DAY_OF_WEEK && text.indexOf('#') >= 0) {
                readNth(element, text.indexOf('#'));
            } else if (field == CronField.DAY_OF_WEEK
                    && text.toUpperCase(Locale.ROOT).endsWith("L")) {
                readLastWeekday(element);
            } else {
                addRange(element, 1, false);
            }
        }

        private void readStepped(Piece base, Piece step) {
            int width = number(step, "step");
            if (width < 1 || width > field.last - field.least) {
                throw refused(
                        step,
                        "a step of " + step.text() + " is outside 1 to " + (field.last - field.least) + " in the "
                                + field.title);
            }
            addRange(base, width, true);
        }

        /** Days and months have a W in their names, WED, but none ends with one. */
        private boolean hasW(Piece element) {
            String text = element.text().toUpperCase(Locale.ROOT);
            return field == CronField.DAY_OF_MONTH ? text.indexOf('W') >= 0 : text.endsWith("W");
        }

        /** As in Quartz, W makes sense behind one day of the month that stands alone. */
        private void checkW(Piece element, int elements) {
            String text = element.text();
            boolean range = text.indexOf('-') >= 0 && !startsWithL(text);
            if (field != CronField.DAY_OF_MONTH) {
                throw refused(element, "W belongs to a day of month, such as 15W or LW, not to a " + field.title);
            }
            if (elements > 1) {
                throw refused(element, "W stands alone, such as 15W or LW, not in a list");
            }
            if (range || text.indexOf('/') >= 0) {
                throw refused(element, "W stands behind one day, such as 15W or LW, not with a range or a step");
            }
            if (text.length() < 2 || text.toUpperCase(Locale.ROOT).indexOf('W') != text.length() - 1) {
                throw refused(element, "'" + text + "' is not understood, expected W behind a day, such as 15W or LW");
            }
        }

        private void readNearest(Piece day) {
            if (startsWithL(day.text())) {
                nearestFromEnd |= Bits.of(daysBeforeEnd(day));
            } else {
                nearest |= Bits.of(value(day, false));
            }
        }

        /** {@code *}, {@code a}, {@code a-b}; with a step, {@code a} runs to the end of the field. */
        private void addRange(Piece piece, int step, boolean openEnded) {
            String text = piece.text();
            repeats |= openEnded || text.equals("*") || text.indexOf('-') > 0;
            if (text.equals("*") || (text.equals("?") && field.isDay())) {
                values |= Bits.range(field.least, field.last, step);
                return;
            }
            int dash = text.indexOf('-');
            if (dash < 0) {
                int from = value(piece, false);
                values |= Bits.range(from, openEnded ? field.last : from, step);
                return;
            }
            int from = value(piece.before(dash), false);
            int to = value(piece.after(dash + 1), true);
            if (to < from) {
                throw refused(piece, "the range " + text + " runs backwards; write two ranges with a comma");
            }
            addWrapped(Bits.range(from, to, step));
        }

        private void addWrapped(long bits) {
            boolean sundayAgain = field == CronField.DAY_OF_WEEK && Bits.has(bits, 7);
            values |= sundayAgain ? (bits & ~Bits.of(7)) | Bits.of(0) : bits;
        }

        private int daysBeforeEnd(Piece element) {
            if (element.text().length() == 1) {
                return 0;
            }
            if (element.text().charAt(1) != '-') {
                throw refused(element, "'" + element.text() + "' is not understood, expected L or L-n");
            }
            Piece days = element.after(2);
            int before = number(days, "number of days before the end of the month");
            if (before > 30) {
                throw refused(days, "L-" + before + " is outside L-0 to L-30");
            }
            return before;
        }

        private void readNth(Piece element, int hash) {
            int weekday = value(element.before(hash), false);
            Piece which = element.after(hash + 1);
            int nth = number(which, "number after #");
            if (nth < 1 || nth > 5) {
                throw refused(which, "#" + nth + " is outside #1 to #5");
            }
            nthWeekdays |= Bits.of(7 * (nth - 1) + weekday);
        }

        private void readLastWeekday(Piece element) {
            int length = element.text().length();
            if (length == 1) {
                throw refused(element, "L needs a day here, such as 5L or FRIL for the last Friday");
            }
            lastWeekdays |= Bits.of(value(element.before(length - 1), false));
        }

        private int value(Piece piece, boolean endOfRange) {
            int named = field.named(piece.text());
            int value = named >= 0 ? named : number(piece, field.title);
            if (value < field.least || value > field.most) {
                throw refused(
                        piece, value + " is outside " + field.least + " to " + field.most + " in the " + field.title);
            }
            if (field != CronField.DAY_OF_WEEK) {
                return value;
            }
            // Sunday ends a week where a range ends with it, and begins one everywhere else.
            return value % 7 == 0 ? (endOfRange ? 7 : 0) : value;
        }

        private int number(Piece piece, String what) {
            String text = piece.text();
            if (text.isEmpty()) {
                throw refused(piece, "the " + what + " is missing");
            }
            if (text.length() > 4 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
                throw refused(piece, "'" + text + "' is not a " + what);
            }
            return Integer.parseInt(text);
        }

        private static boolean startsWithL(String text) {
            return text.charAt(0) == 'L' || text.charAt(0) == 'l';
        }

        private static int loneStep(String text) {
            return text.startsWith("*/") && text.indexOf(',') < 0 ? Integer.parseInt(text.substring(2)) : 0;
        }

        private static InvalidScheduleException refused(Piece piece, String reason) {
            return ScheduleExpression.refused(piece.start() + 1, reason);
        }
    }
}
