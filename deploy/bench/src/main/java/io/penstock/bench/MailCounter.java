package io.penstock.bench;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/** A mail server that takes everything and keeps nothing but how often each {@code Message-ID} came. */
final class MailCounter implements AutoCloseable {

    private static final int START_SECONDS = 10;
    private static final String MESSAGE_ID = "message-id:";

    private final Vertx vertx = Vertx.vertx();
    private final int port = FreePort.next();
    private final Map<String, LongAdder> taken = new ConcurrentHashMap<>();

    MailCounter() {
        NetServer server = vertx.createNetServer().connectHandler(this::serve);
        try {
            server.listen(port, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(START_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("interrupted");
        } catch (Exception e) {
            throw new BenchException("the mail server does not listen: " + e);
        }
    }

    int port() {
        return port;
    }

    /** Different mails. */
    long mails() {
        return taken.size();
    }

    /** Mails that came again, each time counted. */
    long repetitions() {
        return taken.values().stream().mapToLong(LongAdder::sum).sum() - taken.size();
    }

    private void serve(NetSocket socket) {
        Conversation conversation = new Conversation(socket);
        socket.handler(RecordParser.newDelimited("\r\n", line -> conversation.hear(line.toString())));
        socket.write("220 ready\r\n");
    }

    private final class Conversation {

        private final NetSocket socket;
        private String messageId = "";
        private boolean inData;

        Conversation(NetSocket socket) {
            this.socket = socket;
        }

        void hear(String line) {
            if (inData && line.equals(".")) {
                inData = false;
                taken.computeIfAbsent(messageId, id -> new LongAdder()).increment();
                socket.write("250 taken\r\n");
            } else if (inData) {
                if (line.toLowerCase(Locale.ROOT).startsWith(MESSAGE_ID)) {
                    messageId = line.substring(MESSAGE_ID.length()).strip();
                }
            } else if (line.equals("DATA")) {
                inData = true;
                socket.write("354 go on\r\n");
            } else if (line.equals("QUIT")) {
                socket.end(Buffer.buffer("221 bye\r\n"));
            } else {
                socket.write("250 fine\r\n");
            }
        }
    }

    @Override
    public void close() {
        vertx.close();
    }
}
