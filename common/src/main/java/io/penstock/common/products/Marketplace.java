package io.penstock.common.products;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The marketplaces that products are tracked on: their code in rows and requests, where they are, and how they write. */
public enum Marketplace {
    US("www.amazon.com", "USD", '.'),
    CA("www.amazon.ca", "CAD", '.'),
    UK("www.amazon.co.uk", "GBP", '.'),
    DE("www.amazon.de", "EUR", ','),
    FR("www.amazon.fr", "EUR", ','),
    IT("www.amazon.it", "EUR", ','),
    ES("www.amazon.es", "EUR", ','),
    JP("www.amazon.co.jp", "JPY", '.');

    private final String host;
    private final String currency;
    private final char decimal;

    Marketplace(String host, String currency, char decimal) {
        this.host = host;
        this.currency = currency;
        this.decimal = decimal;
    }

    /** The page of a product. */
    public String pageOf(String asin) {
        return "https://" + host + "/dp/" + asin;
    }

    public String host() {
        return host;
    }

    /** Of prices that do not say. */
    public String currency() {
        return currency;
    }

    /** What stands before the cents where a price leaves it open. */
    public char decimal() {
        return decimal;
    }

    public static Optional<Marketplace> named(String code) {
        return Arrays.stream(values()).filter(each -> each.name().equals(code)).findFirst();
    }

    public static List<String> codes() {
        return Arrays.stream(values()).map(Enum::name).toList();
    }
}
