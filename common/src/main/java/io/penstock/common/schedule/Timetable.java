package io.penstock.common.schedule;

import java.time.Instant;
import java.time.ZoneId;
import java.util.Optional;

/** What an expression boils down to: a pure function from an instant to the next due one. */
sealed interface Timetable permits CalendarTimetable, IntervalTimetable {

    Optional<Instant> next(Instant after, ZoneId zone);

    boolean everMatches();

    String describe();

    /** In words: what becomes of it where the local clock goes back or forward. */
    String clockChanges();
}
