package io.penstock.common.products;

import java.util.regex.Pattern;

/** The ids of the marketplace's products: ten capitals and digits that begin with {@code B}, or the ISBN-10 of a book. */
public final class Asin {

    /** Also for constraints of payloads. */
    public static final String PATTERN = "B[0-9A-Z]{9}|[0-9]{9}[0-9X]";

    private static final Pattern FORM = Pattern.compile(PATTERN);

    private Asin() {}

    public static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }

    /** The text itself; fails with {@link InvalidProductException} where it is no such id. */
    public static String checked(String field, String text) {
        if (!isOne(text)) {
            throw new InvalidProductException(
                    field, "must be an ASIN: ten capital letters and digits that begin with B, or an ISBN-10");
        }
        return text;
    }
}
