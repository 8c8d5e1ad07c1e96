package io.penstock.api.orders;

import io.penstock.common.orders.ConcertSpec;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A concert that is to be sold. */
@RegisterForReflection
@Schema(name = "ConcertRequest")
public record ConcertBody(
        @Schema(required = true) @Nullable String name,
        @Schema(required = true) @Nullable String venue,
        @Schema(required = true, description = "1 to 50 evenings") @Nullable List<@Nullable Session> sessions) {

    /** One evening. */
    @RegisterForReflection
    @Schema(name = "ConcertSessionRequest")
    public record Session(
            @Schema(required = true) @Nullable Instant startsAt,
            @Schema(required = true, description = "1 to 20 types") @Nullable List<@Nullable TicketType> ticketTypes) {}

    /** Tickets that differ in nothing but the seat. */
    @RegisterForReflection
    @Schema(name = "TicketTypeRequest")
    public record TicketType(
            @Schema(required = true) @Nullable String name,
            @Schema(required = true, description = "In hundredths of the currency") @Nullable Long priceCents,
            @Schema(required = true, examples = "EUR") @Nullable String currency,
            @Schema(required = true, description = "How many there are; 100,000 tickets of all types together at most")
                    @Nullable
                    Integer quantity) {}

    ConcertSpec spec() {
        List<@Nullable Session> given = Bodies.present("sessions", sessions);
        List<ConcertSpec.Session> specs = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            specs.add(session("sessions[" + i + "]", given.get(i)));
        }
        return new ConcertSpec(Bodies.present("name", name), Bodies.present("venue", venue), specs);
    }

    private static ConcertSpec.Session session(String field, @Nullable Session session) {
        Session present = Bodies.present(field, session);
        List<@Nullable TicketType> given = Bodies.present(field + ".ticketTypes", present.ticketTypes());
        List<ConcertSpec.TicketType> types = new ArrayList<>(given.size());
        for (int i = 0; i < given.size(); i++) {
            types.add(type(field + ".ticketTypes[" + i + "]", given.get(i)));
        }
        return new ConcertSpec.Session(Bodies.present(field + ".startsAt", present.startsAt()), types);
    }

    private static ConcertSpec.TicketType type(String field, @Nullable TicketType type) {
        TicketType present = Bodies.present(field, type);
        return new ConcertSpec.TicketType(
                Bodies.present(field + ".name", present.name()),
                Bodies.present(field + ".priceCents", present.priceCents()),
                Bodies.present(field + ".currency", present.currency()),
                Bodies.present(field + ".quantity", present.quantity()));
    }
}
