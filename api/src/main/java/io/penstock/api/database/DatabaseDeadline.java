package io.penstock.api.database;

import io.penstock.api.problem.DatabaseUnavailableException;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import java.time.Duration;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The one deadline of all calls that need PostgreSQL. */
@NeedsDatabase
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
class DatabaseDeadline {

    private final Duration deadline;

    @Inject
    DatabaseDeadline(@ConfigProperty(name = "penstock.database.deadline", defaultValue = "5s") Duration deadline) {
        this.deadline = deadline;
    }

    @AroundInvoke
    Object within(InvocationContext call) throws Exception {
        Object answer = call.proceed();
        return answer instanceof Uni<?> uni
                ? uni.ifNoItem()
                        .after(deadline)
                        .failWith(() -> new DatabaseUnavailableException(
                                "no answer within " + deadline.toMillis() + " ms", null))
                : answer;
    }
}
