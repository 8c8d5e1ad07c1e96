package io.penstock.common.orders;

import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Payload of {@link OrdersJobs#CONCERT_REMINDERS}.
 *
 * @param day the day of the concerts, in the shop's time zone; null: tomorrow
 */
public record ConcertReminders(@Nullable LocalDate day) {}
