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

/** A mail server that takes everything and keeps nothing but which {@code Message-ID} each subject came with, and how often. */
final class MailCounter implements AutoCloseable {

    private static final int START_SECONDS = 10;
    private static final String MESSAGE_ID = "message-id:";
    private static final String SUBJECT = "subject:";

    private final Vertx vertx = Vertx.vertx();
    private final int port = FreePort.next();
    private final Map<String, String> idBySubject = new ConcurrentHashMap<>();
    private final LongAdder taken = new LongAdder();
    private final LongAdder unlike = new LongAdder();

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

    /** Different subjects: of the shop's mails each names its order. */
    long about() {
        return idBySubject.size();
    }

    /** Mails about what there was a mail about before. */
    long repetitions() {
        return taken.sum() - idBySubject.size();
    }

    /** Those of them that had another {@code Message-ID}, so that they show as another mail. */
    long unlike() {
        return unlike.sum();
    }

    private void take(String subject, String messageId) {
        String first = idBySubject.putIfAbsent(subject, messageId);
        taken.increment();
        if (first != null && !first.equals(messageId)) {
            unlike.increment();
        }
    }

    private void serve(NetSocket socket) {
        Conversation conversation = new Conversation(socket);
        socket.handler(RecordParser.newDelimited("\r\n", line -> conversation.hear(line.toString())));
        socket.write("220 ready\r\n");
    }

    private final class Conversation {

        private final NetSocket socket;
        private String messageId = "";
        private String subject = "";
        private boolean inData;

        Conversation(NetSocket socket) {
            this.socket = socket;
        }

        void hear(String line) {
            if (inData && line.equals(".")) {
                inData = false;
                take(subject, messageId);
                socket.write("250 taken\r\n");
            } else if (inData) {
                String lower = line.toLowerCase(Locale.ROOT);
                if (lower.startsWith(MESSAGE_ID)) {
                    messageId = line.substring(MESSAGE_ID.length()).strip();
                } else if (lower.startsWith(SUBJECT)) {
                    subject = line.substring(SUBJECT.length()).strip();
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
