package io.penstock.common.webhook;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which addresses a stranger's webhook may lead to: those of the public Internet, and networks that the operator names. All others could
 * be the operator's own servers, or the metadata of a cloud, which tells secrets to whoever asks from inside.
 */
final class Reach {

    /** What the registries of special addresses (RFC 6890) keep from the public Internet, and what clouds answer from inside. */
    private static final List<Network> CLOSED = networks(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/4",
            "240.0.0.0/4",
            // A public address that hosts of Azure answer from themselves.
            "168.63.129.16/32",
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20");

    /** All public addresses of version 6 are in it: neither loopback, link-local, unique-local nor multicast is. */
    private static final Network PUBLIC_6 = Network.of("2000::/3");

    /** Addresses of version 4 as networks that have only version 6 write them; the last four bytes count. */
    private static final Network TRANSLATED = Network.of("64:ff9b::/96");

    /** What Java takes for an address without asking for a name. */
    private static final Pattern VERSION_4 =
            Pattern.compile("(25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(25[0-5]|2[0-4]\\d|1?\\d?\\d)){3}");

    private final List<Network> allowed;

    /** @param allowed networks that are open besides; fails with {@link IllegalArgumentException} */
    Reach(List<String> allowed) {
        this.allowed = allowed.stream().map(Network::of).toList();
    }

    boolean admits(InetAddress address) {
        return allowed.stream().anyMatch(network -> network.contains(address)) || isPublic(address);
    }

    /** False also where it is not known yet, because it is a name. Asks nobody. */
    boolean surelyRefuses(String host) {
        String name = host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
        if (name.matches("[0-9.]+") && !VERSION_4.matcher(name).matches()) {
            return true;
        }
        if (name.indexOf(':') >= 0 || VERSION_4.matcher(name).matches()) {
            try {
                return !admits(InetAddress.getByName(name));
            } catch (UnknownHostException e) {
                return true;
            }
        }
        String lower = name.toLowerCase(Locale.ROOT);
        return (lower.equals("localhost") || lower.endsWith(".localhost")) && !admits(InetAddress.getLoopbackAddress());
    }

    private static boolean isPublic(InetAddress address) {
        if (CLOSED.stream().anyMatch(network -> network.contains(address))) {
            return false;
        }
        if (address instanceof Inet4Address) {
            return true;
        }
        if (TRANSLATED.contains(address)) {
            byte[] all = address.getAddress();
            return isPublic(version4(Arrays.copyOfRange(all, all.length - 4, all.length)));
        }
        return PUBLIC_6.contains(address);
    }

    private static InetAddress version4(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("four bytes are an address", e);
        }
    }

    private static List<Network> networks(String... texts) {
        return Stream.of(texts).map(Network::of).toList();
    }
}
