package io.penstock.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FreePortsTest {

    private final FreePorts ports = new FreePorts();
    private final FreePorts otherCopy = new FreePorts();

    @AfterEach
    void giveBack() throws Exception {
        ports.close();
        otherCopy.close();
    }

    @Test
    void givesAPortToOneCopyOfTheLauncherOnly() {
        int port = ports.next();
        assertThat(otherCopy.take(port)).isFalse();
        assertThat(otherCopy.preferring(port)).isNotEqualTo(port);
    }

    @Test
    void leavesThePortItGivesFree() throws Exception {
        int port = ports.next();
        try (ServerSocket server = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(server.isBound()).isTrue();
        }
    }

    @Test
    void avoidsAPortThatSomebodyUses() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            assertThat(ports.take(server.getLocalPort())).isFalse();
            assertThat(ports.preferring(server.getLocalPort())).isNotEqualTo(server.getLocalPort());
        }
    }

    @Test
    void giveBackMakesAPortFreeForOthers() throws Exception {
        int port = ports.next();
        ports.close();
        assertThat(otherCopy.take(port)).isTrue();
    }
}
