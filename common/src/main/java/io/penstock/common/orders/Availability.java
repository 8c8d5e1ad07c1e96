package io.penstock.common.orders;

import java.time.Instant;
import java.util.List;

/**
 * What is left of a concert's tickets. May be a moment old: what counts is what a hold is answered.
 *
 * @param readAt when it was read
 */
public record Availability(Concert concert, Instant readAt, List<Session> sessions) {

    /** One evening. */
    public record Session(long id, Instant startsAt, List<TicketType> ticketTypes) {}

    /**
     * Tickets that differ in nothing but the seat.
     *
     * @param capacity how many there are in all
     * @param available how many can be held
     */
    public record TicketType(long id, String name, long priceCents, String currency, int capacity, int available) {}
}
