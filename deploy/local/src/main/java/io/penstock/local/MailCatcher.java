package io.penstock.local;

import com.icegreen.greenmail.mail.MailAddress;
import com.icegreen.greenmail.mail.MovingMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.user.UserException;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes every mail over SMTP, sends none on, and writes the first {@value #WRITTEN} to a directory. */
final class MailCatcher implements AutoCloseable {

    /** More are counted only: a forgotten run must not fill the disk. */
    private static final int WRITTEN = 1_000;

    private final Path directory;
    private final int port;
    private final AtomicInteger caught = new AtomicInteger();
    private final GreenMail server;

    MailCatcher(int port, Path directory) {
        this.directory = directory;
        this.port = port;
        this.server = new GreenMail(new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
        server.getUserManager().setMessageDeliveryHandler(this::receive);
        server.start();
    }

    int port() {
        return port;
    }

    int caught() {
        return caught.get();
    }

    @Override
    public void close() {
        server.stop();
    }

    private GreenMailUser receive(MovingMessage message, MailAddress to) throws MessagingException, UserException {
        int number = caught.incrementAndGet();
        if (number <= WRITTEN) {
            write(message.getMessage(), directory.resolve("%04d.eml".formatted(number)));
        }
        return new NoMailbox(to.getEmail());
    }

    private static void write(MimeMessage message, Path file) throws MessagingException {
        try (OutputStream out = Files.newOutputStream(file)) {
            message.writeTo(out);
        } catch (IOException e) {
            throw new MessagingException("The mail could not be written to " + file, e);
        }
    }

    /** A recipient who keeps nothing: the mail is in a file already. */
    private record NoMailbox(String address) implements GreenMailUser {

        @Override
        public String getEmail() {
            return address;
        }

        @Override
        public String getLogin() {
            return address;
        }

        @Override
        public void deliver(MovingMessage message) {}

        @Override
        public void deliver(MimeMessage message) {}

        @Override
        public void create() {}

        @Override
        public void delete() {}

        @Override
        public String getPassword() {
            return "";
        }

        @Override
        public void setPassword(String password) {}

        @Override
        public void authenticate(String password) throws UserException {
            throw new UserException("There is nobody to log in as");
        }

        @Override
        public String getQualifiedMailboxName() {
            return address;
        }
    }
}
