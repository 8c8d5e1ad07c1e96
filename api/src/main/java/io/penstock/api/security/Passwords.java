package io.penstock.api.security;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.quarkus.elytron.security.common.BcryptUtil;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.quarkus.runtime.configuration.ConfigurationException;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Hashes passwords with bcrypt and compares them. That is slow on purpose, about a quarter of a second: it has threads of its own, few,
 * and refuses what they could not get to in some seconds.
 */
@ApplicationScoped
class Passwords {

    static final int LEAST_BYTES = 12;

    /** bcrypt hashes no more; what is behind would not count. */
    static final int MOST_BYTES = 72;

    private static final int LEAST_COST = 10;
    private static final int MOST_COST = 16;
    private static final int THREADS = 2;
    private static final int MOST_WAITING = 20;

    private final int cost;
    private final WorkerExecutor threads;
    private final AtomicInteger underWay = new AtomicInteger();

    /** Compared with where there is no user, so that time does not tell who exists. */
    private volatile @Nullable String nobody;

    @Inject
    Passwords(Vertx vertx, AccessConfig config) {
        this(vertx, config.passwordCost());
        boolean tooLow = config.passwordCost() < LEAST_COST && ConfigUtils.isProfileActive("prod");
        if (tooLow || config.passwordCost() > MOST_COST) {
            throw new ConfigurationException("penstock.access.password-cost is " + config.passwordCost() + ", must be "
                    + LEAST_COST + " to " + MOST_COST);
        }
    }

    private Passwords(Vertx vertx, int cost) {
        this.cost = cost;
        this.threads = vertx.createSharedWorkerExecutor("penstock-passwords", THREADS);
    }

    /** Null: fine; else what is wrong, in words that follow the name of the field. */
    static @Nullable String faultOf(String password) {
        int bytes = password.getBytes(StandardCharsets.UTF_8).length;
        return bytes < LEAST_BYTES || bytes > MOST_BYTES
                ? "must be " + LEAST_BYTES + " to " + MOST_BYTES + " bytes of UTF-8"
                : null;
    }

    Uni<String> hash(String password) {
        return onOwnThread(() -> hashed(password));
    }

    /** @param hash null: there is no such user, or none with a password. Never matches, and takes as long */
    Uni<Boolean> matches(String password, @Nullable String hash) {
        return onOwnThread(() -> BcryptUtil.matches(password, hash == null ? nobody() : hash) && hash != null);
    }

    private String hashed(String password) {
        return BcryptUtil.bcryptHash(password, cost);
    }

    private String nobody() {
        String known = nobody;
        if (known == null) {
            known = hashed("nobody has this password");
            nobody = known;
        }
        return known;
    }

    private <T> Uni<T> onOwnThread(Callable<T> work) {
        return Uni.createFrom().deferred(() -> {
            if (underWay.incrementAndGet() > MOST_WAITING) {
                underWay.decrementAndGet();
                throw ProblemException.of(
                        ProblemCode.TOO_MANY_REQUESTS, "Too many log-ins at once. Try again in some seconds.");
            }
            return Uni.createFrom()
                    .completionStage(() -> threads.executeBlocking(work, false).toCompletionStage())
                    .onTermination()
                    .invoke(underWay::decrementAndGet);
        });
    }

    @PreDestroy
    void stop() {
        threads.close();
    }
}
