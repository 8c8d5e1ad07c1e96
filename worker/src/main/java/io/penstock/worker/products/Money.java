package io.penstock.worker.products;

import io.penstock.common.products.Marketplace;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A price as people write it: {@code $1,299.00}, {@code 1.299,00 €}, {@code EUR 12,5}, {@code ￥1,980}. A text that holds two amounts, such
 * as a range, is none.
 *
 * @param amount with at most two decimals
 * @param currency three letters
 */
record Money(BigDecimal amount, String currency) {

    private static final int MOST_CHARACTERS = 60;
    private static final BigDecimal LIMIT = BigDecimal.TEN.pow(10);
    private static final Pattern AMOUNT = Pattern.compile("\\d(?:[\\d.,'\\u2019 \\u00A0\\u202F\\u2009]*\\d)?");
    /** Groups of three behind one kind of mark, then maybe cents behind another. */
    private static final Pattern GROUPED = Pattern.compile("(\\d{1,3}(?:[.,]\\d{3})+)([.,]\\d{1,2})?");

    private static final Pattern PLAIN = Pattern.compile("(\\d+)([.,]\\d{1,2})?");

    private record Sign(String text, String currency) {}

    /** The longer ones first: US$ also holds a $. */
    private static final List<Sign> SIGNS = List.of(
            new Sign("USD", "USD"),
            new Sign("CAD", "CAD"),
            new Sign("EUR", "EUR"),
            new Sign("GBP", "GBP"),
            new Sign("JPY", "JPY"),
            new Sign("US$", "USD"),
            new Sign("CA$", "CAD"),
            new Sign("C$", "CAD"),
            new Sign("€", "EUR"),
            new Sign("£", "GBP"),
            new Sign("¥", "JPY"),
            new Sign("￥", "JPY"),
            new Sign("円", "JPY"));

    /** Empty where the text makes no sense. */
    static Optional<Money> of(String text, Marketplace market) {
        String line = text.strip();
        if (line.length() > MOST_CHARACTERS || line.contains("-") || line.contains("\u2212") || line.contains("%")) {
            return Optional.empty();
        }
        Matcher found = AMOUNT.matcher(line);
        if (!found.find()) {
            return Optional.empty();
        }
        String digits = found.group();
        if (found.find()) {
            return Optional.empty();
        }
        return amount(digits.replaceAll("['\\u2019 \\u00A0\\u202F\\u2009]", ""), market)
                .filter(amount -> amount.compareTo(LIMIT) < 0)
                .map(amount -> new Money(amount, currency(line, market)));
    }

    /** A number that is given as one. */
    static Optional<Money> of(BigDecimal number, Marketplace market) {
        return number.signum() < 0 || number.precision() - (long) number.scale() > 10
                ? Optional.empty()
                : Optional.of(new Money(number.setScale(2, RoundingMode.HALF_UP), market.currency()));
    }

    private static Optional<BigDecimal> amount(String digits, Marketplace market) {
        Matcher grouped = GROUPED.matcher(digits);
        if (grouped.matches()) {
            return grouped(grouped, market);
        }
        Matcher plain = PLAIN.matcher(digits);
        return plain.matches() ? Optional.of(new BigDecimal(digits.replace(',', '.'))) : Optional.empty();
    }

    private static Optional<BigDecimal> grouped(Matcher grouped, Marketplace market) {
        String whole = grouped.group(1);
        String cents = grouped.group(2);
        char mark = whole.contains(",") ? ',' : '.';
        boolean mixed = whole.indexOf(mark == ',' ? '.' : ',') >= 0;
        if (mixed || (cents != null && cents.charAt(0) == mark)) {
            return Optional.empty();
        }
        // "1.299" alone: thousands, unless this marketplace writes its cents so. Then it has a decimal too many.
        boolean alone = cents == null && whole.indexOf(mark) == whole.lastIndexOf(mark);
        if (alone && mark == market.decimal()) {
            return Optional.empty();
        }
        String plain = whole.replace(String.valueOf(mark), "") + (cents == null ? "" : cents.replace(',', '.'));
        return Optional.of(new BigDecimal(plain));
    }

    private static String currency(String line, Marketplace market) {
        for (Sign sign : SIGNS) {
            if (line.contains(sign.text())) {
                return sign.currency();
            }
        }
        // A bare $ is that of the marketplace, if it has one.
        return line.contains("$") && !market.currency().equals("CAD") ? "USD" : market.currency();
    }
}
