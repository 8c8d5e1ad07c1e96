package io.penstock.common.schedule;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/** English lists and ranges for descriptions. */
final class Words {

    private Words() {}

    /** "a", "a and b", "a, b and c". */
    static String list(List<String> items) {
        int last = items.size() - 1;
        return last == 0 ? items.get(0) : String.join(", ", items.subList(0, last)) + " and " + items.get(last);
    }

    /** The set bits as ranges and single values: "1 to 5 and 9". */
    static String ranges(long bits, IntFunction<String> name) {
        List<String> items = new ArrayList<>();
        int start = Bits.next(bits, 0);
        while (start >= 0) {
            int end = start;
            while (Bits.has(bits, end + 1)) {
                end++;
            }
            if (end - start >= 2) {
                items.add(name.apply(start) + " to " + name.apply(end));
            } else {
                items.add(name.apply(start));
                if (end > start) {
                    items.add(name.apply(end));
                }
            }
            start = Bits.next(bits, end + 1);
        }
        return list(items);
    }

    /** "first" to "fifth". */
    static String ordinal(int number) {
        return switch (number) {
            case 1 -> "first";
            case 2 -> "second";
            case 3 -> "third";
            case 4 -> "fourth";
            default -> "fifth";
        };
    }
}
