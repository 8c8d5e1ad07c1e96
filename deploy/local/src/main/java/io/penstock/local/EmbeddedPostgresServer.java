package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.ChildProcess.StopSignal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/**
 * A real PostgreSQL on loopback for one run. Its data does not outlive the run, so it does not wait for the disk
 * ({@code fsync=off}). PostgreSQL refuses to run as root; {@link PostgresAccount} gets round that.
 */
final class EmbeddedPostgresServer {

    static final String NAME = "postgres";
    static final String USER = "penstock";
    static final String DATABASE = "penstock";

    private static final Duration GRACE = Duration.ofSeconds(15);
    private static final String CONNECT_SECONDS = "2";

    private final PostgresAccount account;
    private final Path programs;
    private final Path directory;
    private final int port;
    private final String password;

    EmbeddedPostgresServer(PostgresAccount account, Path programs, Path directory, int port, String password) {
        this.account = account;
        this.programs = programs;
        this.directory = directory;
        this.port = port;
        this.password = password;
    }

    /** Creates the cluster; ends by itself. The password travels in a file that {@link #forgetPassword} removes. */
    Command initialise() {
        try {
            Files.createDirectories(directory);
            account.own(directory);
            Files.writeString(passwordFile(), password);
            account.own(passwordFile());
        } catch (IOException e) {
            throw new LaunchException("No data directory for PostgreSQL: " + e, e);
        }
        return command(
                "initdb",
                "--pgdata=" + data(),
                "--username=" + USER,
                "--pwfile=" + passwordFile(),
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--no-sync");
    }

    void forgetPassword() {
        try {
            Files.delete(passwordFile());
        } catch (IOException e) {
            throw new LaunchException("The password file stays behind: " + e, e);
        }
    }

    Command serve() {
        return command(
                "postgres",
                "-D",
                data().toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off",
                "-c",
                "full_page_writes=off",
                "-c",
                "timezone=UTC",
                "-c",
                "max_connections=200");
    }

    /** @param passwords a file in the form of {@code ~/.pgpass}, so that the password shows nowhere */
    static String client(int port, Path passwords) {
        return "PGPASSFILE='%s' psql -h 127.0.0.1 -p %d -U %s %s".formatted(passwords, port, USER, DATABASE);
    }

    String url() {
        return "postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    /** Whether it answers yet. */
    boolean answers() {
        try (Connection connection = connect()) {
            return connection.isValid(1);
        } catch (SQLException notYet) {
            return false;
        }
    }

    void createDatabase() {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + DATABASE);
        } catch (SQLException e) {
            throw new LaunchException("The database could not be created: " + e.getMessage(), e);
        }
    }

    private Connection connect() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", USER);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", CONNECT_SECONDS);
        properties.setProperty("socketTimeout", "30");
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", properties);
    }

    private Path data() {
        return directory.resolve("cluster");
    }

    private Path passwordFile() {
        return directory.resolve("password");
    }

    private Command command(String program, String... arguments) {
        List<String> words = new ArrayList<>(account.prefix());
        words.add(programs.resolve("bin").resolve(program).toString());
        words.addAll(List.of(arguments));
        // INT: PostgreSQL's fast stop, which does not wait for clients to leave.
        return new Command(NAME, words, Map.of("LC_ALL", "C"), StopSignal.INT, GRACE);
    }
}
