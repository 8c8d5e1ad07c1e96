package io.penstock.worker.orders;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A mail server that refuses every second recipient for good. */
final class PickyMailServer implements AutoCloseable {

    private final Vertx vertx = Vertx.vertx();
    private final NetServer server;
    private final AtomicInteger recipients = new AtomicInteger();
    private final List<String> taken = new CopyOnWriteArrayList<>();

    PickyMailServer(int port) {
        server = vertx.createNetServer().connectHandler(this::serve);
        try {
            server.listen(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the mail server does not listen", e);
        }
    }

    /** Recipients whose mail was taken. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    private void serve(NetSocket socket) {
        Conversation conversation = new Conversation(socket);
        socket.handler(RecordParser.newDelimited("\r\n", line -> conversation.hear(line.toString())));
        socket.write("220 picky\r\n");
    }

    private final class Conversation {

        private final NetSocket socket;
        private String recipient = "";
        private boolean inData;

        Conversation(NetSocket socket) {
            this.socket = socket;
        }

        void hear(String line) {
            if (inData) {
                if (line.equals(".")) {
                    inData = false;
                    taken.add(recipient);
                    socket.write("250 taken\r\n");
                }
            } else if (line.startsWith("RCPT TO:")) {
                recipient = line.substring("RCPT TO:".length());
                boolean refused = recipients.getAndIncrement() % 2 == 1;
                socket.write(refused ? "550 5.1.1 nobody has this name\r\n" : "250 fine\r\n");
            } else if (line.equals("DATA")) {
                inData = true;
                socket.write("354 go on\r\n");
            } else if (line.equals("QUIT")) {
                socket.end(io.vertx.core.buffer.Buffer.buffer("221 bye\r\n"));
            } else {
                socket.write("250 fine\r\n");
            }
        }
    }

    @Override
    public void close() {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException("the mail server does not close", e);
        }
    }
}
