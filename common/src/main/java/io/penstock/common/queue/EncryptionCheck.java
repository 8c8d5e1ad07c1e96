package io.penstock.common.queue;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;

/** Stops a process at its start, rather than at its first secret, when the encryption's settings are wrong. */
@ApplicationScoped
class EncryptionCheck {

    void check(@Observes StartupEvent start, PayloadCipher cipher, JobTypes types) {
        cipher.checkFor(types.all());
    }
}
