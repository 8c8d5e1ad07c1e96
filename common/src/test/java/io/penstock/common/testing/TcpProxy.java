package io.penstock.common.testing;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** A network between a client and a server on this machine that fails when a test wants it to. */
public final class TcpProxy implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final NetClient client = vertx.createNetClient();
    private final int targetPort;
    private final NetServer server;
    private final Set<NetSocket> sockets = ConcurrentHashMap.newKeySet();
    private volatile boolean swallowing;

    /** Listens at a port of its own and passes everything on, both ways. */
    public TcpProxy(int targetPort) {
        this.targetPort = targetPort;
        NetServer made = vertx.createNetServer().connectHandler(this::accept);
        try {
            this.server = made.listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the proxy cannot listen", e);
        }
    }

    public int port() {
        return server.actualPort();
    }

    /** redis://host:port */
    public String url() {
        return "redis://127.0.0.1:" + port();
    }

    private void accept(NetSocket near) {
        near.pause();
        sockets.add(near);
        near.exceptionHandler(failure -> near.close());
        near.closeHandler(end -> sockets.remove(near));
        client.connect(targetPort, "127.0.0.1")
                .onSuccess(far -> join(near, far))
                .onFailure(failure -> near.close());
    }

    private void join(NetSocket near, NetSocket far) {
        sockets.add(far);
        far.exceptionHandler(failure -> far.close());
        near.handler(far::write);
        far.handler(answer -> pass(answer, near));
        near.closeHandler(end -> closed(near, far));
        far.closeHandler(end -> closed(far, near));
        near.resume();
    }

    private void pass(Buffer answer, NetSocket near) {
        if (!swallowing) {
            near.write(answer);
        }
    }

    private void closed(NetSocket one, NetSocket other) {
        sockets.remove(one);
        other.close();
    }

    /** From now on commands arrive and nobody hears of it; connections are still accepted. */
    public void swallowAnswers(boolean swallow) {
        swallowing = swallow;
    }

    /** Ends every connection, on both sides. New ones are accepted. */
    public void cut() {
        sockets.forEach(NetSocket::close);
    }

    @Override
    public void close() {
        vertx.close();
    }
}
