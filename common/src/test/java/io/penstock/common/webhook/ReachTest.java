package io.penstock.common.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses a stranger's webhook may lead to. */
class ReachTest {

    private final Reach reach = new Reach(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                // loopback, this host
                "127.0.0.1",
                "127.255.255.254",
                "0.0.0.0",
                "0.1.2.3",
                "::1",
                "::",
                "::ffff:127.0.0.1",
                "::127.0.0.1",
                // private, shared, unique-local
                "10.0.0.1",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "fc00::1",
                "fd12:3456:789a::1",
                // link-local, metadata of clouds
                "169.254.169.254",
                "169.254.170.2",
                "fe80::1",
                "fd00:ec2::254",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                // the same in the clothes of version 6
                "::ffff:169.254.169.254",
                "64:ff9b::10.0.0.1",
                "64:ff9b::169.254.169.254",
                "64:ff9b:1::a00:1",
                "2002:a00:1::",
                "2001:0:53aa:64c:0:fbff:f5ff:fffe",
                // for documents, measurements, many, or nobody
                "192.0.2.1",
                "198.18.0.1",
                "198.51.100.7",
                "203.0.113.9",
                "224.0.0.1",
                "239.255.255.250",
                "240.0.0.1",
                "255.255.255.255",
                "2001:db8::1",
                "3fff::1",
                "ff02::1",
                "fec0::1",
                "5f00::1",
                "100::1"
            })
    void refusesWhatIsNotPublic(String address) throws UnknownHostException {
        assertThat(reach.admits(InetAddress.getByName(address))).isFalse();
        assertThat(reach.surelyRefuses(address.contains(":") ? "[" + address + "]" : address))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "169.253.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.167.255.255",
                "192.169.0.0",
                "223.255.255.255",
                "2606:4700:4700::1111",
                "2a00:1450:4001::1",
                "64:ff9b::1.1.1.1"
            })
    void admitsWhatIs(String address) throws UnknownHostException {
        assertThat(reach.admits(InetAddress.getByName(address))).isTrue();
        assertThat(reach.surelyRefuses(address.contains(":") ? "[" + address + "]" : address))
                .isFalse();
    }

    @Test
    void admitsNetworksThatTheOperatorNames() throws UnknownHostException {
        Reach wider = new Reach(List.of("10.1.0.0/16", "fd00:1::/32", "127.0.0.1/32"));
        assertThat(wider.admits(InetAddress.getByName("10.1.255.255"))).isTrue();
        assertThat(wider.admits(InetAddress.getByName("10.2.0.0"))).isFalse();
        assertThat(wider.admits(InetAddress.getByName("fd00:1::9"))).isTrue();
        assertThat(wider.admits(InetAddress.getByName("fd00:2::9"))).isFalse();
        assertThat(wider.admits(InetAddress.getByName("127.0.0.2"))).isFalse();
        assertThat(wider.surelyRefuses("localhost")).isFalse();
    }

    @Test
    void asksNobodyAboutNames() {
        assertThat(reach.surelyRefuses("localhost")).isTrue();
        assertThat(reach.surelyRefuses("api.localhost")).isTrue();
        assertThat(reach.surelyRefuses("example.org")).isFalse();
        assertThat(reach.surelyRefuses("300.1.1.1")).isTrue();
        assertThat(reach.surelyRefuses("1.1.1.1.")).isTrue();
        assertThat(reach.surelyRefuses("2130706433")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "example.org/8", "fc00::/129", "a:b/8", "1.2.3.4/-1"})
    void refusesNetworksThatAreNone(String text) {
        List<String> allowed = List.of(text);
        assertThatThrownBy(() -> new Reach(allowed))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no network such as");
    }
}
