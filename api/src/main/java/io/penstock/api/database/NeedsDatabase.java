package io.penstock.api.database;

import jakarta.enterprise.util.Nonbinding;
import jakarta.interceptor.InterceptorBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls that cannot be answered without PostgreSQL. They are answered with 503 {@code database-unavailable} when it has not
 * answered within {@code penstock.database.deadline}, whatever the call waits for: a connection, a lock, a reply. The answer
 * tells whether the call may have taken effect.
 */
@InterceptorBinding
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD})
public @interface NeedsDatabase {

    /** Whether GET changes something here, too. Calls of all other methods are taken for ones that do. */
    @Nonbinding
    boolean getWrites() default false;
}
