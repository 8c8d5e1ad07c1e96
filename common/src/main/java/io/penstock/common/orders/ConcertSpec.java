package io.penstock.common.orders;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** A concert that is to be sold. */
public record ConcertSpec(String name, String venue, List<Session> sessions) {

    public static final int MAX_NAME = 200;
    public static final int MAX_SESSIONS = 50;
    public static final int MAX_TYPES = 20;
    /** Of all sessions together: each is a row. */
    public static final int MAX_TICKETS = 100_000;

    private static final long MAX_PRICE = 100_000_000;
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final Instant LATEST = Instant.parse("2200-01-01T00:00:00Z");

    /** One evening. */
    public record Session(Instant startsAt, List<TicketType> ticketTypes) {}

    /**
     * Tickets that differ in nothing but the seat.
     *
     * @param priceCents in hundredths of the currency
     * @param currency ISO 4217, such as EUR
     * @param quantity how many there are
     */
    public record TicketType(String name, long priceCents, String currency, int quantity) {}

    /** Fails with {@link InvalidOrderException} where something is out of bounds. */
    public ConcertSpec {
        InvalidOrderException.requireLine("name", name, MAX_NAME);
        InvalidOrderException.requireLine("venue", venue, MAX_NAME);
        requireSize("sessions", sessions.size(), MAX_SESSIONS);
        long tickets = 0;
        for (int i = 0; i < sessions.size(); i++) {
            String session = "sessions[" + i + "]";
            Instant starts = sessions.get(i).startsAt();
            InvalidOrderException.require(
                    starts.isAfter(Instant.EPOCH) && starts.isBefore(LATEST),
                    session + ".startsAt",
                    "must be between 1970 and 2199");
            List<TicketType> types = sessions.get(i).ticketTypes();
            requireSize(session + ".ticketTypes", types.size(), MAX_TYPES);
            for (int j = 0; j < types.size(); j++) {
                check(session + ".ticketTypes[" + j + "]", types.get(j));
                tickets += types.get(j).quantity();
            }
        }
        InvalidOrderException.require(
                tickets <= MAX_TICKETS, "sessions", "must have at most " + MAX_TICKETS + " tickets together");
        sessions = List.copyOf(sessions);
    }

    private static void requireSize(String field, int size, int most) {
        InvalidOrderException.require(size >= 1 && size <= most, field, "must hold 1 to " + most);
    }

    private static void check(String field, TicketType type) {
        InvalidOrderException.requireLine(field + ".name", type.name(), MAX_NAME);
        InvalidOrderException.require(
                type.priceCents() >= 0 && type.priceCents() <= MAX_PRICE,
                field + ".priceCents",
                "must be between 0 and " + MAX_PRICE);
        InvalidOrderException.require(
                CURRENCY.matcher(type.currency()).matches(), field + ".currency", "must be a code such as EUR");
        InvalidOrderException.require(
                type.quantity() >= 1 && type.quantity() <= MAX_TICKETS,
                field + ".quantity",
                "must be between 1 and " + MAX_TICKETS);
    }
}
