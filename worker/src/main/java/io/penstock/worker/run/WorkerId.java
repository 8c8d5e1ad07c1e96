package io.penstock.worker.run;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;

/** Names a worker process: where it runs, for people, and a random part, because process ids come again. */
final class WorkerId {

    private WorkerId() {}

    static String ofThisProcess() {
        return host() + "-" + ProcessHandle.current().pid() + "-"
                + Integer.toHexString(new SecureRandom().nextInt() | 0x80000000).substring(1);
    }

    private static String host() {
        try {
            return InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9.-]", "_");
        } catch (UnknownHostException e) {
            return "worker";
        }
    }
}
