package io.penstock.api.security;

import io.quarkus.runtime.StartupEvent;
import io.quarkus.runtime.configuration.ConfigUtils;
import io.quarkus.runtime.configuration.ConfigurationException;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.interceptor.Interceptor;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * The keys that come from the environment: the admin key by which the first stored key is made, and the secret that cron
 * services show. Both work while PostgreSQL is away. Production does not start without the admin key: a deployment that
 * nobody can administer, or one that lets everybody in, are both worse than none.
 */
@ApplicationScoped
class BootstrapKeys {

    static final String ADMIN_ID = "bootstrap-admin";
    static final int ADMIN_KEY_LENGTH = 16;
    static final int CRON_SECRET_LENGTH = 16;
    private static final int CREDENTIAL_LENGTH = 32;
    private static final Logger LOG = Logger.getLogger(BootstrapKeys.class);

    private final Optional<KeyHash> adminKey;
    private final Optional<KeyHash> cronSecret;

    @Inject
    BootstrapKeys(
            @ConfigProperty(name = "penstock.admin-key") Optional<String> adminKey,
            @ConfigProperty(name = "penstock.cron-secret") Optional<String> cronSecret) {
        this(adminKey, cronSecret, ConfigUtils.isProfileActive("prod"));
    }

    BootstrapKeys(Optional<String> adminKey, Optional<String> cronSecret, boolean production) {
        if (production && adminKey.isEmpty()) {
            throw new ConfigurationException("PENSTOCK_ADMIN_KEY is not set. Set it to a secret of at least "
                    + ADMIN_KEY_LENGTH + " random characters, for example the output of: openssl rand -base64 32");
        }
        adminKey.ifPresent(key -> requireLength("PENSTOCK_ADMIN_KEY", key, ADMIN_KEY_LENGTH));
        cronSecret.ifPresent(secret -> requireLength("CRON_SECRET", secret, CRON_SECRET_LENGTH));
        if (production) {
            adminKey.ifPresent(key -> refuseExample("PENSTOCK_ADMIN_KEY", key));
            cronSecret.ifPresent(secret -> refuseExample("CRON_SECRET", secret));
        }
        if (adminKey.isPresent() && adminKey.equals(cronSecret)) {
            throw new ConfigurationException(
                    "CRON_SECRET and PENSTOCK_ADMIN_KEY are the same. Make them differ: a cron service must not hold the admin key");
        }
        this.adminKey = adminKey.map(KeyHash::of);
        this.cronSecret = cronSecret.map(KeyHash::of);
    }

    /** Observing the start makes the checks above run before anything else begins that a refused start would have to end. */
    void announce(@Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start) {
        if (adminKey.isEmpty()) {
            LOG.warn("PENSTOCK_ADMIN_KEY is not set: only keys already stored are accepted");
        }
    }

    Optional<Caller> callerOf(KeyHash shown) {
        // Both are compared whatever the first says, so that time tells nothing.
        boolean isAdmin = adminKey.map(shown::matches).orElse(false);
        boolean isCron = cronSecret.map(shown::matches).orElse(false);
        if (isAdmin) {
            return Optional.of(Caller.ofEnvironment(ADMIN_ID, "bootstrap admin key", Role.ADMIN));
        }
        return isCron ? Optional.of(Caller.ofEnvironment("cron-secret", "cron secret", Role.CRON)) : Optional.empty();
    }

    /** What a session rests on that this admin key began: with another key it is none. Empty: there is no admin key. */
    Optional<String> adminCredential() {
        return adminKey.map(key -> key.hex().substring(0, CREDENTIAL_LENGTH));
    }

    private static void refuseExample(String variable, String value) {
        if (ExampleSecrets.looksLikeOne(value)) {
            throw new ConfigurationException(
                    variable + " looks like an example from a page. Set it to a secret of your own,"
                            + " for example the output of: openssl rand -base64 32");
        }
    }

    private static void requireLength(String variable, String value, int least) {
        if (value.length() < least) {
            throw new ConfigurationException(variable + " is too short: it has " + value.length()
                    + " characters, at least " + least + " are needed");
        }
    }
}
