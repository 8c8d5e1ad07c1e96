package io.penstock.local;

import io.penstock.local.ChildProcess.Command;
import io.penstock.local.Teardown.Stage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Redis and PostgreSQL of a run: the embedded ones, unless the environment names others. */
final class LocalServers {

    private static final Duration START = Duration.ofSeconds(30);
    private static final Duration INITDB = Duration.ofSeconds(60);

    private final Options options;
    private final Installation installation;
    private final RunDirectory files;
    private final FreePorts ports;
    private final Teardown teardown;

    LocalServers(Options options, Installation installation, RunDirectory files, FreePorts ports, Teardown teardown) {
        this.options = options;
        this.installation = installation;
        this.files = files;
        this.ports = ports;
        this.teardown = teardown;
    }

    /**
     * Servers that can be used.
     *
     * @param environment leads a process to them
     * @param processes those that run here
     * @param redisClient how to look into Redis from a shell; holds no secret
     * @param postgresClient how to look into PostgreSQL from a shell; holds no secret
     */
    record Servers(
            Map<String, String> environment, List<ChildProcess> processes, String redisClient, String postgresClient) {}

    Servers start(String databasePassword) {
        Map<String, String> environment = new HashMap<>();
        List<ChildProcess> processes = new ArrayList<>();
        String redisClient = "yours, at REDIS_URL";
        String postgresClient = "yours, at DATABASE_URL";
        if (options.setting("REDIS_URL") == null) {
            int port = ports.next();
            environment.put("REDIS_URL", startRedis(port, processes));
            redisClient = EmbeddedRedisServer.client(port);
        }
        if (options.setting("DATABASE_URL") == null) {
            int port = ports.next();
            environment.put("DATABASE_URL", startPostgres(port, databasePassword, processes));
            postgresClient =
                    EmbeddedPostgresServer.client(port, files.createSecret("pgpass", "*:*:*:*:" + databasePassword));
            environment.put("DATABASE_USER", EmbeddedPostgresServer.USER);
            environment.put("DATABASE_PASSWORD", databasePassword);
        }
        return new Servers(environment, processes, redisClient, postgresClient);
    }

    private String startRedis(int port, List<ChildProcess> processes) {
        Path program = programs(null).redis();
        ChildProcess redis = start(
                Stage.REDIS, EmbeddedRedisServer.command(program, port, files.createData(EmbeddedRedisServer.NAME)));
        processes.add(redis);
        redis.awaitReady(() -> EmbeddedRedisServer.accepts(port), START);
        return EmbeddedRedisServer.url(port);
    }

    private String startPostgres(int port, String password, List<ChildProcess> processes) {
        PostgresAccount account = PostgresAccount.choose();
        Path open = account.ownsFiles()
                ? teardown.own(Stage.RUN_DIRECTORY, OpenDirectory::create).path()
                : null;
        EmbeddedPostgresServer server = new EmbeddedPostgresServer(
                account,
                programs(open).postgres(),
                open == null ? files.data(EmbeddedPostgresServer.NAME) : open.resolve("data"),
                port,
                password);
        ChildProcess initdb = start(Stage.POSTGRES, server.initialise());
        if (initdb.await(INITDB) != 0) {
            throw new LaunchException(initdb.obituary());
        }
        server.forgetPassword();
        ChildProcess postgres = start(Stage.POSTGRES, server.serve());
        processes.add(postgres);
        postgres.awaitReady(server::answers, START);
        server.createDatabase();
        return server.url();
    }

    private ServerPrograms programs(@Nullable Path elsewhere) {
        Path directory = elsewhere == null ? installation.keep() : elsewhere;
        return new ServerPrograms(directory.resolve("programs"));
    }

    private ChildProcess start(Stage stage, Command command) {
        return teardown.own(stage, () -> ChildProcess.start(installation, files.log(command.name()), command));
    }

    /** A directory for an account that may not read the run's: everyone can enter it, and it goes with the run. */
    private record OpenDirectory(Path path) implements AutoCloseable {

        static OpenDirectory create() {
            try {
                Path path = Files.createTempDirectory("penstock-");
                Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                return new OpenDirectory(path);
            } catch (IOException e) {
                throw new LaunchException("No directory for PostgreSQL: " + e, e);
            }
        }

        @Override
        public void close() throws IOException {
            Directories.delete(path);
        }
    }
}
