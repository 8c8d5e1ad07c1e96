package io.penstock.api.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuditActionTest {

    @ParameterizedTest
    @CsvSource({
        "POST,   /api/queues/orders/pause,             orders,      queues.pause",
        "POST,   /api/queues/pause/pause,              pause,       queues.pause",
        "POST,   /api/queues/queues/resume,            queues,      queues.resume",
        "POST,   /api/keys,                            ,            keys.create",
        "DELETE, /api/keys/7,                          7,           keys.delete",
        "PUT,    /api/users/7,                         7,           users.change",
        "DELETE, /api/users/7/sessions,                7,           users.sessions.delete",
        "POST,   /api/session,                         ,            session.create",
        "DELETE, /api/session,                         ,            session.delete",
        "POST,   /api/session/links,                   ,            session.links.create",
        "PUT,    /api/session/password,                ,            session.password.change",
        "POST,   /api/jobs/a.b-1/retry,                a.b-1,       jobs.retry",
        "PUT,    /api/jobs/a.b-1,                      a.b-1,       jobs.change",
        "DELETE, /api/jobs/a.b-1,                      a.b-1,       jobs.delete",
        "PUT,    /api/tasks/nightly/toggle,            nightly,     tasks.toggle",
        "POST,   /api/tasks,                           ,            tasks.create",
        "POST,   /api/cache/invalidate,                ,            cache.invalidate",
        "POST,   /api/outbox/dead-letters/12/retry,    12,          outbox.dead-letters.retry",
        "DELETE, /api/outbox/dead-letters/12,          12,          outbox.dead-letters.delete",
        "POST,   /api/batches/7/retry-failed,          7,           batches.retry-failed",
    })
    void isNamedAfterTheAddress(String method, String path, String value, String name) {
        AuditAction action = AuditAction.of(method, path, value == null ? List.of() : List.of(value));

        assertThat(action.name()).isEqualTo(name);
        assertThat(action.target()).isEqualTo(value);
    }

    @ParameterizedTest
    @CsvSource({"api/queues/orders/pause", "/api//queues/orders/pause/"})
    void slashesDoNotMatter(String path) {
        assertThat(AuditAction.of("POST", path, Arrays.asList("orders")).name()).isEqualTo("queues.pause");
    }
}
