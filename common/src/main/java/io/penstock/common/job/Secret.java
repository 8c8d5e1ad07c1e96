package io.penstock.common.job;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A part of a payload that nobody should read in passing: {@code record Charge(String order, @Secret String card)}. Its value is shown as
 * {@code "***"} by the API, in the history, in error texts and in the lines a job writes. The handler gets it as it is. An admin can have
 * it revealed, which leaves an entry in the audit.
 *
 * <p>It is masked, not encrypted: for that, see {@link JobType#encrypted()}. What a handler returns or writes to a log of its own is its
 * affair, and so is the {@code toString} of the record.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.RECORD_COMPONENT, ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER})
public @interface Secret {}
