package io.penstock.common.logging;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.util.logging.LogRecord;
import org.jboss.logmanager.ExtLogRecord;
import org.jboss.logmanager.Level;
import org.junit.jupiter.api.Test;

class OneLineTest {

    private final OneLine filter = new OneLine();

    @Test
    void aStartThatFailsSaysItsCauseWithoutTheWayToIt() {
        LogRecord said = said(
                "io.quarkus.runtime.Application",
                new RuntimeException(
                        "Failed to start quarkus",
                        new RuntimeException(
                                "Unable to obtain connection", new SQLException("password\n authentication  failed"))));

        assertThat(filter.isLoggable(said)).isTrue();
        assertThat(said.getMessage()).isEqualTo("The start failed: password authentication  failed");
        assertThat(said.getThrown()).isNull();
    }

    @Test
    void whatThePlatformRefusesToStartWithIsOneLineToo() {
        LogRecord said = said(
                "io.quarkus.runtime.Application",
                new RuntimeException(
                        "Failed to start quarkus", new IllegalStateException("PENSTOCK_ADMIN_KEY is not set")));

        filter.isLoggable(said);

        assertThat(said.getMessage()).isEqualTo("The start failed: PENSTOCK_ADMIN_KEY is not set");
    }

    @Test
    void aFaultOfTheProgramKeepsItsStack() {
        NullPointerException fault = new NullPointerException("a bug");
        LogRecord said = said("io.quarkus.runtime.Application", new RuntimeException("Failed to start quarkus", fault));

        filter.isLoggable(said);

        assertThat(said.getThrown()).hasCause(fault);
    }

    @Test
    void whatMigrationsSayInSeveralLinesBecomesOne() {
        LogRecord said = said("org.flywaydb.core.internal.jdbc.JdbcUtils", null);
        said.setMessage("Connection error: refused\n(Caused by Connection refused)\nRetrying in 1 sec...");

        filter.isLoggable(said);

        assertThat(said.getMessage()).doesNotContain("\n").endsWith("Retrying in 1 sec...");
    }

    private static LogRecord said(String by, Throwable thrown) {
        LogRecord said = new ExtLogRecord(Level.ERROR, "Failed to start application", OneLineTest.class.getName());
        said.setLoggerName(by);
        said.setThrown(thrown);
        return said;
    }
}
