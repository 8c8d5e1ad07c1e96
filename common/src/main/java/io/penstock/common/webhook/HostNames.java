package io.penstock.common.webhook;

import io.smallrye.mutiny.Uni;
import java.net.InetAddress;
import java.util.List;

/** Tells the addresses of a name. */
@FunctionalInterface
interface HostNames {

    /** All of them; fails where there is none. */
    Uni<List<InetAddress>> addressesOf(String host);
}
