package io.penstock.api.database;

import io.quarkus.vertx.http.runtime.CurrentVertxRequest;
import io.smallrye.mutiny.Uni;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.RoutingContext;
import jakarta.annotation.Priority;
import jakarta.inject.Inject;
import jakarta.interceptor.AroundInvoke;
import jakarta.interceptor.Interceptor;
import jakarta.interceptor.InvocationContext;
import org.jspecify.annotations.Nullable;

/** Puts every call that needs PostgreSQL under the deadline of {@link DatabaseCalls}. */
@NeedsDatabase
@Interceptor
@Priority(Interceptor.Priority.APPLICATION)
class DatabaseDeadline {

    private final DatabaseCalls calls;
    private final CurrentVertxRequest request;

    @Inject
    DatabaseDeadline(DatabaseCalls calls, CurrentVertxRequest request) {
        this.calls = calls;
        this.request = request;
    }

    @AroundInvoke
    Object within(InvocationContext call) throws Exception {
        if (!Uni.class.isAssignableFrom(call.getMethod().getReturnType())) {
            return call.proceed();
        }
        Uni<?> answer = Uni.createFrom().deferred(() -> proceed(call));
        RoutingContext http = request.getCurrent();
        return writes(call, http)
                ? calls.writing(answer, DatabaseCalls.spentIn(http))
                : calls.reading(answer, DatabaseCalls.spentIn(http));
    }

    private static boolean writes(InvocationContext call, @Nullable RoutingContext http) {
        boolean reads = http != null
                && (http.request().method().equals(HttpMethod.GET)
                        || http.request().method().equals(HttpMethod.HEAD));
        NeedsDatabase binding = call.getInterceptorBinding(NeedsDatabase.class);
        return !reads || (binding != null && binding.getWrites());
    }

    private static Uni<?> proceed(InvocationContext call) {
        try {
            return (Uni<?>) call.proceed();
        } catch (Exception e) {
            return Uni.createFrom().failure(e);
        }
    }
}
