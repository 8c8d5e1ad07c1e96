package io.penstock.api.database;

import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls that cannot be answered without PostgreSQL. They are answered with 503 {@code database-unavailable} when it has not
 * answered within {@code penstock.database.deadline}, whatever the call waits for: a connection, a lock, a reply.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface NeedsDatabase {}
