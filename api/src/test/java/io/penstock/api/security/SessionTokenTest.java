package io.penstock.api.security;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.common.access.LoggedIn;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionTokenTest {

    @Test
    void itsSubjectIsReadBack() {
        String user = UUID.randomUUID().toString();
        SessionToken token = SessionToken.forSubject(user);

        SessionToken parsed = SessionToken.parse(token.text()).orElseThrow();

        assertThat(parsed.subject()).isEqualTo(user);
        assertThat(parsed.digest()).isEqualTo(token.digest());
        assertThat(parsed.hasCsrfToken(token.csrfToken())).isTrue();
    }

    @Test
    void noTwoAreAlike() {
        SessionToken one = SessionToken.forSubject(LoggedIn.ENVIRONMENT);
        SessionToken other = SessionToken.forSubject(LoggedIn.ENVIRONMENT);

        assertThat(one.text()).isNotEqualTo(other.text());
        assertThat(one.hasCsrfToken(other.csrfToken())).isFalse();
        assertThat(one.csrfToken()).isNotEqualTo(one.digest());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.environment.short",
                "2.environment.0123456789012345678901234567890123456789abc",
                "1.environment.0123456789012345678901234567890123456789abc.x",
                "1.{x}:queue.0123456789012345678901234567890123456789abc",
                "1.ENVIRONMENT.0123456789012345678901234567890123456789abc",
            })
    void whatWasNotMadeHereIsNone(String text) {
        assertThat(SessionToken.parse(text)).isEmpty();
    }
}
