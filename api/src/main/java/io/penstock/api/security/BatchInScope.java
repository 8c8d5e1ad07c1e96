package io.penstock.api.security;

import jakarta.ws.rs.NameBinding;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Calls about one batch, whose id is the path's {@code id}. Beyond the caller's {@link Scope} they are answered as if there were no such
 * batch, before they begin.
 */
@NameBinding
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.METHOD)
public @interface BatchInScope {}
