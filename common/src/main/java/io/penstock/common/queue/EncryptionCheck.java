package io.penstock.common.queue;

import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;

/** Stops a process at its start, rather than at its first secret, when the encryption's settings are wrong. */
@ApplicationScoped
class EncryptionCheck {

    /** Before anything else begins that a refused start would have to end. */
    void check(
            @Observes @Priority(Interceptor.Priority.PLATFORM_BEFORE) StartupEvent start,
            PayloadCipher cipher,
            JobTypes types) {
        cipher.checkFor(types.all());
    }
}
