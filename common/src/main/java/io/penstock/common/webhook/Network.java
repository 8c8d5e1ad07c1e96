package io.penstock.common.webhook;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** A range of addresses, such as {@code 10.0.0.0/8} or {@code fc00::/7}. */
record Network(InetAddress first, int bits) {

    private static final Pattern FORM =
            Pattern.compile("((?:\\d{1,3}\\.){3}\\d{1,3}|[0-9A-Fa-f.]*:[0-9A-Fa-f:.]*)/(\\d{1,3})");

    /** Fails with {@link IllegalArgumentException}. Asks nobody for names. */
    static Network of(String text) {
        var matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw wrong(text);
        }
        try {
            InetAddress first = InetAddress.getByName(matcher.group(1));
            int bits = Integer.parseInt(matcher.group(2));
            if (bits > first.getAddress().length * Byte.SIZE) {
                throw wrong(text);
            }
            return new Network(first, bits);
        } catch (UnknownHostException e) {
            throw wrong(text);
        }
    }

    boolean contains(InetAddress address) {
        byte[] ours = first.getAddress();
        byte[] theirs = address.getAddress();
        if (ours.length != theirs.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (ours[i] != theirs[i]) {
                return false;
            }
        }
        int rest = bits % Byte.SIZE;
        return rest == 0 || (ours[whole] & 0xFF) >> (Byte.SIZE - rest) == (theirs[whole] & 0xFF) >> (Byte.SIZE - rest);
    }

    private static IllegalArgumentException wrong(String text) {
        return new IllegalArgumentException(text + " is no network such as 10.1.0.0/16 or fd00::/8");
    }
}
