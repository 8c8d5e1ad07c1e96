package io.penstock.api.offers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.api.problem.ProblemException;
import io.penstock.common.offers.SweepRequest;
import jakarta.ws.rs.core.MultivaluedHashMap;
import jakarta.ws.rs.core.MultivaluedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CronRequestTest {

    @Test
    void readsTheHighPriorityFetch() {
        assertThat(request("fetchByPriority=HIGH").sweep()).isEmpty();
    }

    @Test
    void readsASweep() {
        assertThat(request("maxPages=20&concurrency=10&status=Paused&startPage=3")
                        .sweep())
                .contains(new SweepRequest(3, 20, 10, "Paused"));
        assertThat(request("maxPages=120").sweep()).contains(new SweepRequest(1, 120, 5, "Active"));
        assertThat(request("maxPages=1&startPage=120").sweep()).contains(new SweepRequest(120, 1, 5, "Active"));
    }

    @ParameterizedTest
    @CsvSource({
        "'', maxPages, fetchByPriority=HIGH",
        "concurrency=3, maxPages, 1 to 120",
        "maxPages=abc, maxPages, 1 to 120",
        "maxPages=, maxPages, 1 to 120",
        "maxPages=0, maxPages, 1 to 120",
        "maxPages=-1, maxPages, 1 to 120",
        "maxPages=121, maxPages, 1 to 120",
        "maxPages=1000000000, maxPages, 1 to 120",
        "maxPages=99999999999, maxPages, 1 to 120",
        "maxPages=1.5, maxPages, 1 to 120",
        "maxPages=5&concurrency=0, concurrency, 1 to 20",
        "maxPages=5&concurrency=21, concurrency, 1 to 20",
        "maxPages=5&startPage=0, startPage, 1 to 120",
        "maxPages=5&startPage=121, startPage, 1 to 120",
        "maxPages=5&startPage=117, maxPages, at most 120",
        "maxPages=5&status=active, status, 'Active, Paused, Blocked, Unknown'",
        "maxPages=5&maxPages=6, maxPages, given 2 times",
        "maxPages=5&page=1, page, unknown parameter page",
        "fetchByPriority=LOW, fetchByPriority, HIGH",
        "fetchByPriority=, fetchByPriority, HIGH",
        "fetchByPriority=HIGH&maxPages=5, maxPages, together with fetchByPriority",
    })
    void saysWhatIsWrongAndWhatIsAllowed(String query, String field, String allowed) {
        assertThatThrownBy(() -> request(query)).isInstanceOfSatisfying(ProblemException.class, e -> {
            assertThat(e.problem().status()).isEqualTo(400);
            assertThat(e.problem().field()).isEqualTo(field);
            assertThat(e.problem().detail()).contains(allowed);
        });
    }

    private static CronRequest request(String query) {
        MultivaluedMap<String, String> parameters = new MultivaluedHashMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                String[] parts = pair.split("=", 2);
                parameters.add(parts[0], parts[1]);
            }
        }
        return CronRequest.of(parameters);
    }
}
