package io.penstock.common.access;

import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who is logged in, for all processes alike: what one of them ends has ended for all. Knows tokens by their digests only. All calls
 * fail with {@link io.penstock.common.queue.QueueUnavailableException} when the store does not answer.
 */
public interface Sessions {

    /** A session ends when it was not used for so long. */
    Duration LIFE = Duration.ofDays(7);

    /** Sessions one subject can have at once; the next one ends the one that would end first. */
    int MOST_OF_A_SUBJECT = 20;

    /**
     * Begins a session.
     *
     * @param digest of the token, in hexadecimal digits
     */
    Uni<Session> open(LoggedIn who, String digest);

    /** The session, which lives on because it was used. Empty: there is none, or it has ended. */
    Uni<Optional<Session>> use(String subject, String digest);

    /** Ends a session; one that is not there has ended. */
    Uni<Void> end(String subject, String digest);

    /**
     * Ends all sessions of a subject.
     *
     * @param keep digest of one that goes on; null: none does
     */
    Uni<Void> endAll(String subject, @Nullable String keep);

    /** Keeps a link by which this holder can log in once. */
    Uni<Void> addLink(LoggedIn who, String digest, Duration life);

    /** Whom a link logs in; the link is used up. Empty: it is unknown, used or too old. */
    Uni<Optional<LoggedIn>> takeLink(String digest);
}
