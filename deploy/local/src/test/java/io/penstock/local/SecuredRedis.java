package io.penstock.local;

import io.penstock.local.ChildProcess.StopSignal;
import io.penstock.local.Teardown.Stage;
import io.smallrye.certs.CertificateGenerator;
import io.smallrye.certs.CertificateRequest;
import io.smallrye.certs.Format;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Real Redis processes that speak TLS alone and know two users: the one that Penstock gets, of few rights, and the servers' own. One server,
 * one behind Sentinel with a replica, a cluster of three masters.
 */
final class SecuredRedis {

    static final String PASSWORD = "correct-horse-battery";
    /** What deploy/docs/redis.md tells operators to grant. */
    private static final String RIGHTS =
            "~* &* +@all -@admin -@dangerous +info +config|get +role +client|tracking +client|id +client|setname";
    /** What it tells them to grant at the sentinels. */
    private static final String RIGHTS_AT_SENTINELS =
            "~* &* -@all +auth +hello +ping +subscribe +sentinel|get-master-addr-by-name +sentinel|sentinels +sentinel|slaves";

    private static final String SERVERS_PASSWORD = "of-the-servers-themselves";
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int SLOTS = 16_384;

    private final Path certificates;
    private final Path directory;
    private final RunServices services;
    private final Teardown teardown;

    /**
     * @param certificates as {@link #makeCertificates} makes them
     * @param directory where the servers leave what they write
     */
    SecuredRedis(Path certificates, Path directory, RunServices services, Teardown teardown) {
        this.certificates = certificates;
        this.directory = directory;
        this.services = services;
        this.teardown = teardown;
    }

    /** Two authorities, {@code redis} and {@code other}, each with a certificate for 127.0.0.1. */
    static void makeCertificates(Path directory) {
        try {
            CertificateGenerator generator = new CertificateGenerator(directory, true);
            for (String name : List.of("redis", "other")) {
                generator.generate(new CertificateRequest()
                        .withName(name)
                        .withCN("localhost")
                        .withSubjectAlternativeName("IP:127.0.0.1")
                        .withFormat(Format.PEM));
            }
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** What leads a process of Penstock there. */
    static Map<String, String> trusting(Path directory, String authority) {
        return Map.of(
                "QUARKUS_REDIS_TLS_CONFIGURATION_NAME",
                "redis",
                "QUARKUS_TLS_REDIS_TRUST_STORE_PEM_CERTS",
                directory.resolve(authority + "-ca.crt").toString());
    }

    static String url(int port) {
        return "rediss://penstock:" + PASSWORD + "@127.0.0.1:" + port;
    }

    int freePort() {
        return services.ports().next();
    }

    void startServer(int port) {
        start("redis-" + port, "Ready to accept connections", server(port, List.of()));
    }

    /** A master, its replica, and the sentinel that watches them. */
    Sentinel startBehindSentinel() {
        int port = freePort();
        ChildProcess master = start("redis-master", "Ready to accept connections", server(port, replication("")));
        start(
                "redis-replica",
                "MASTER <-> REPLICA sync: Finished",
                server(freePort(), replication("--replicaof 127.0.0.1 " + port)));
        int sentinel = freePort();
        Path file = directory.resolve("sentinel.conf");
        write(
                file,
                """
                port 0
                tls-port %1$d
                bind 127.0.0.1
                dir %2$s
                tls-cert-file %7$s/redis.crt
                tls-key-file %7$s/redis.key
                tls-ca-cert-file %7$s/redis-ca.crt
                tls-auth-clients no
                tls-replication yes
                user default off
                user penstock on >%3$s %4$s
                sentinel monitor mymaster 127.0.0.1 %5$d 1
                sentinel auth-user mymaster operator
                sentinel auth-pass mymaster %6$s
                sentinel down-after-milliseconds mymaster 2000
                sentinel failover-timeout mymaster 10000
                """
                        .formatted(
                                sentinel,
                                directory,
                                PASSWORD,
                                RIGHTS_AT_SENTINELS,
                                port,
                                SERVERS_PASSWORD,
                                certificates));
        start("redis-sentinel", "+slave slave", List.of(program(), file.toString(), "--sentinel"));
        return new Sentinel(sentinel, master);
    }

    /** Where it listens, and the master that it began with. */
    record Sentinel(int port, ChildProcess master) {}

    /**
     * Three masters that share the slots. They know one another from the beginning, by the file that nodes keep about their cluster, so that
     * nobody has to introduce them.
     *
     * @return the addresses of all, as {@code REDIS_URL} takes them
     */
    String startCluster() {
        List<Integer> ports = List.of(freePort(), freePort(), freePort());
        List<Integer> buses = List.of(freePort(), freePort(), freePort());
        for (int self = 0; self < ports.size(); self++) {
            write(directory.resolve("nodes-" + self + ".conf"), nodes(ports, buses, self));
        }
        List<ChildProcess> started = new ArrayList<>();
        for (int self = 0; self < ports.size(); self++) {
            started.add(launch(
                    "redis-node-" + self,
                    server(
                            ports.get(self),
                            words(
                                    "--cluster-enabled yes --tls-cluster yes --cluster-config-file nodes-%d.conf --cluster-port %d"
                                            .formatted(self, buses.get(self))))));
        }
        started.forEach(
                node -> node.awaitReady(() -> Logs.read(node.log()).contains("Cluster state changed: ok"), PATIENCE));
        return ports.stream().map(SecuredRedis::url).collect(Collectors.joining(","));
    }

    private static String nodes(List<Integer> ports, List<Integer> buses, int self) {
        StringBuilder file = new StringBuilder();
        for (int node = 0; node < ports.size(); node++) {
            file.append("%040d 127.0.0.1:%d@%d %smaster - 0 0 %d connected %d-%d%n"
                    .formatted(
                            node + 1,
                            ports.get(node),
                            buses.get(node),
                            node == self ? "myself," : "",
                            node + 1,
                            SLOTS * node / ports.size(),
                            SLOTS * (node + 1) / ports.size() - 1));
        }
        return file.append("vars currentEpoch 3 lastVoteEpoch 0\n").toString();
    }

    private List<String> replication(String more) {
        return words("--tls-replication yes --masteruser operator --masterauth %s --repl-diskless-sync-delay 0 %s"
                .formatted(SERVERS_PASSWORD, more)
                .strip());
    }

    private List<String> server(int port, List<String> more) {
        List<String> words = new ArrayList<>(List.of(program()));
        words.addAll(words(
                ("--port 0 --tls-port %1$d --bind 127.0.0.1 --tls-cert-file %6$s/redis.crt --tls-key-file %6$s/redis.key"
                                + " --tls-ca-cert-file %6$s/redis-ca.crt --tls-auth-clients no --save  --appendonly no --dir %2$s"
                                + " --dbfilename %1$d.rdb --maxmemory-policy noeviction --user default off"
                                + " --user penstock on >%3$s %4$s --user operator on >%5$s ~* &* +@all")
                        .formatted(port, directory, PASSWORD, RIGHTS, SERVERS_PASSWORD, certificates)));
        words.addAll(more);
        return words;
    }

    private String program() {
        return new ServerPrograms(services.installation().keep().resolve("programs"))
                .redis()
                .toString();
    }

    /** Two blanks make an empty word. */
    private static List<String> words(String line) {
        return List.of(line.split(" "));
    }

    private ChildProcess start(String name, String sign, List<String> words) {
        ChildProcess server = launch(name, words);
        server.awaitReady(() -> Logs.read(server.log()).contains(sign), PATIENCE);
        return server;
    }

    private ChildProcess launch(String name, List<String> words) {
        return teardown.own(
                Stage.REDIS,
                () -> ChildProcess.start(
                        services.installation(),
                        directory.resolve(name + ".log"),
                        new ChildProcess.Command(name, words, Map.of(), StopSignal.TERM, Duration.ofSeconds(5))));
    }

    private static void write(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
