package io.penstock.common.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.common.loop.EventLoopContext;
import io.penstock.common.testing.EmbeddedServers;
import io.quarkus.redis.runtime.client.config.RedisConfig;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.PfxOptions;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisOptions;
import io.vertx.redis.client.Request;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real Redis behind a real TLS handshake: the bundled server knows no TLS, so that a proxy ends it. */
@Tag("slow")
class TlsTest {

    private static final String PASSWORD = "changeit";

    private final Vertx vertx = Vertx.vertx();
    private final ConfiguredRedis configured = new ConfiguredRedis();

    @TempDir
    Path folder;

    @AfterEach
    void close() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    /** As a named TLS configuration that says nothing of host names leaves them. */
    @Test
    void theServersNameIsCheckedWithoutBeingAskedFor() throws Exception {
        assertThat(ping("CN=localhost", "dns:localhost", null)).isEqualTo("PONG");
        assertThatThrownBy(() -> ping("CN=elsewhere", "dns:elsewhere.example", null))
                .isInstanceOf(ExecutionException.class);
    }

    @Test
    void theCheckCanBeSwitchedOff() throws Exception {
        assertThat(ping("CN=elsewhere", "dns:elsewhere.example", "NONE")).isEqualTo("PONG");
    }

    private String ping(String owner, String names, @Nullable String algorithm) throws Exception {
        PfxOptions certificate = certificate(owner, names);
        NetServer proxy = vertx.createNetServer(
                        new NetServerOptions().setSsl(true).setKeyCertOptions(certificate))
                .connectHandler(this::pipe);
        int port = proxy.listen(0, "localhost")
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
        NetClientOptions net = new NetClientOptions().setSsl(true).setTrustOptions(certificate);
        if (algorithm != null) {
            net.setHostnameVerificationAlgorithm(algorithm);
        }
        configured.customize(
                RedisConfig.DEFAULT_CLIENT_NAME,
                new RedisOptions()
                        .setConnectionString("rediss://localhost:" + port)
                        .setNetClientOptions(net));
        RedisServers servers = new RedisServers(
                vertx, configured.options(RedisConfig.DEFAULT_CLIENT_NAME).orElseThrow());
        RedisRouter router = servers.open(EventLoopContext.create(vertx), "test");
        try {
            return router.send("any", Request.cmd(Command.PING), Duration.ofSeconds(3))
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS)
                    .toString();
        } finally {
            router.close();
            servers.close();
            proxy.close();
        }
    }

    private void pipe(NetSocket client) {
        URI redis = URI.create(EmbeddedServers.redisUrl());
        client.pause();
        vertx.createNetClient().connect(redis.getPort(), redis.getHost()).onSuccess(server -> {
            client.pipeTo(server);
            server.pipeTo(client);
        });
    }

    private PfxOptions certificate(String owner, String names) throws Exception {
        Path store = folder.resolve(owner.substring(3) + ".p12");
        if (!store.toFile().exists()) {
            Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
            Process made = new ProcessBuilder(
                            keytool.toString(),
                            "-genkeypair",
                            "-alias",
                            "redis",
                            "-keyalg",
                            "EC",
                            "-dname",
                            owner,
                            "-ext",
                            "san=" + names,
                            "-storetype",
                            "PKCS12",
                            "-storepass",
                            PASSWORD,
                            "-keystore",
                            store.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(made.getInputStream().readAllBytes());
            assertThat(made.waitFor()).as(said).isZero();
        }
        return new PfxOptions().setPath(store.toString()).setPassword(PASSWORD);
    }
}
