package io.penstock.common.orders;

import io.penstock.common.queue.IdempotencyKey;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Somebody wants tickets.
 *
 * @param email of whom; one order after the other of one address belongs to one user
 * @param quantity tickets, 1 or more; how many one order may have is a setting
 * @param key makes the request safe to repeat
 */
public record HoldRequest(String email, long ticketTypeId, int quantity, Optional<IdempotencyKey> key) {

    public static final int MAX_EMAIL = 254;

    /** As far as it can be known without asking its server: something, an @, a domain, nothing that ends a header. */
    private static final Pattern EMAIL =
            Pattern.compile("[^\\s@<>,;:\"()\\[\\]\\\\\\p{Cntrl}]{1,64}@[A-Za-z0-9.-]{1,189}");

    public HoldRequest {
        requireEmail(email);
        InvalidOrderException.require(ticketTypeId >= 1, "ticketTypeId", "must be the id of a type of tickets");
        InvalidOrderException.require(quantity >= 1, "quantity", "must be at least 1");
    }

    static void requireEmail(String email) {
        InvalidOrderException.require(
                email.length() <= MAX_EMAIL && EMAIL.matcher(email).matches(),
                "email",
                "must be an address such as ada@example.org, of at most " + MAX_EMAIL + " characters");
    }
}
