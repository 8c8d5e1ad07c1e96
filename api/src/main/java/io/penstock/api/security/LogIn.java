package io.penstock.api.security;

import io.penstock.api.flow.CallerLimits;
import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.access.LoggedIn;
import io.penstock.common.access.Session;
import io.penstock.common.access.Sessions;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Begins sessions: by name and password, or by a link. What was wrong is never told apart, neither by words nor by time.
 *
 * <p>A user who is changed while logging in must not keep a session of before. So the session is opened first and the user's row looked at
 * after that: either this sees the change, or the change, which ends the sessions after it is stored, finds the session.
 */
@ApplicationScoped
class LogIn {

    static final String LINK_PREFIX = "psl_";

    /** The credential of those whom a provider vouched for; users have numbers. */
    static final String PROVIDER = "provider";

    private final UserStore users;
    private final Passwords passwords;
    private final Sessions sessions;
    private final CallerLimits limits;
    private final BootstrapKeys bootstrap;

    @Inject
    LogIn(UserStore users, Passwords passwords, Sessions sessions, CallerLimits limits, BootstrapKeys bootstrap) {
        this.users = users;
        this.passwords = passwords;
        this.sessions = sessions;
        this.limits = limits;
        this.bootstrap = bootstrap;
    }

    /** A link, shown once. */
    record Link(String token, Instant expiresAt) {}

    /** @param name in lower case */
    Uni<OpenSession> byPassword(String name, String password, String address) {
        return limits.permitLogIn(address, Optional.of(name))
                .chain(() -> users.named(name))
                .chain(found -> passwords
                        .matches(
                                password,
                                found.filter(user -> !user.disabled())
                                        .map(User::passwordHash)
                                        .orElse(null))
                        .map(matches -> {
                            if (!matches) {
                                throw failed();
                            }
                            return found.orElseThrow();
                        }))
                .chain(this::open);
    }

    Uni<OpenSession> byLink(String token, String address) {
        return limits.permitLogIn(address, Optional.empty())
                .chain(() -> sessions.takeLink(KeyHash.of(token).hex()))
                .map(taken -> taken.orElseThrow(LogIn::failed))
                .chain(who -> who.subject().equals(LoggedIn.ENVIRONMENT)
                        ? openForEnvironment(who)
                        : users.find(UUID.fromString(who.subject()))
                                .map(found -> found.filter(user -> !user.disabled())
                                        .filter(user ->
                                                user.loggedIn().credential().equals(who.credential()))
                                        .orElseThrow(LogIn::failed))
                                .chain(this::open));
    }

    /** Somebody whom the configured provider has just vouched for. */
    Uni<OpenSession> byProvider(String name, Role role) {
        return begin(new LoggedIn(subjectOf(name), name, role.text(), PROVIDER));
    }

    private static String subjectOf(String name) {
        return UUID.nameUUIDFromBytes(("provider " + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    /** A link for a user. */
    Uni<Link> linkFor(User user, Duration life) {
        return link(user.loggedIn(), life);
    }

    /** A link for whoever holds the environment's admin key. */
    Uni<Link> linkForAdminKey(Duration life) {
        return link(
                new LoggedIn(
                        LoggedIn.ENVIRONMENT,
                        "bootstrap admin",
                        Role.ADMIN.text(),
                        bootstrap.adminCredential().orElseThrow()),
                life);
    }

    /** Changes one's own password; only this session of the user goes on. Fails where the present one is wrong. */
    Uni<Void> changePassword(UUID userId, OpenSession current, String present, String wanted, String address) {
        return users.find(userId)
                .map(found -> found.orElseThrow(LogIn::failed))
                .call(user -> limits.permitLogIn(address, Optional.of(user.name())))
                .call(user -> passwords.matches(present, user.passwordHash()).invoke(matches -> {
                    if (!matches) {
                        throw failed();
                    }
                }))
                .chain(() -> passwords.hash(wanted))
                .chain(hash -> users.change(userId, UserStore.Change.ofPassword(hash)))
                .chain(() -> sessions.endAll(userId.toString(), current.token().digest()));
    }

    private Uni<Link> link(LoggedIn who, Duration life) {
        String token = LINK_PREFIX + SessionToken.randomText();
        return sessions.addLink(who, KeyHash.of(token).hex(), life)
                .map(done -> new Link(token, Instant.now().plus(life)));
    }

    private Uni<OpenSession> openForEnvironment(LoggedIn who) {
        return bootstrap.adminCredential().filter(who.credential()::equals).isPresent()
                ? begin(who)
                : Uni.createFrom().failure(failed());
    }

    private Uni<OpenSession> open(User user) {
        return begin(user.loggedIn()).call(opened -> users.recordLogIn(user)
                .call(same -> same
                        ? Uni.createFrom().voidItem()
                        : sessions.end(opened.token().subject(), opened.token().digest())
                                .onItem()
                                .failWith(LogIn::failed)));
    }

    private Uni<OpenSession> begin(LoggedIn who) {
        SessionToken token = SessionToken.forSubject(who.subject());
        return sessions.open(who, token.digest()).map((Session session) -> new OpenSession(token, session));
    }

    private static ProblemException failed() {
        return ProblemException.of(
                ProblemCode.LOG_IN_FAILED, "Name and password do not fit, or the link was used or is too old.");
    }
}
