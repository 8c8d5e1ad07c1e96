package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code penstock}: what all its commands share. */
@Command(
        name = "penstock",
        description = "Penstock's API from a shell.",
        mixinStandardHelpOptions = true,
        version = "penstock 0.1.0",
        sortOptions = false,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            QueuesCommand.class,
            JobsCommand.class,
            BatchesCommand.class,
            TasksCommand.class,
            WorkersCommand.class,
            KeysCommand.class,
            UsersCommand.class,
            AuditCommand.class,
            CallCommand.class,
            AutoComplete.GenerateCompletion.class,
            CommandLine.HelpCommand.class
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  PENSTOCK_URL   where the API is (default: http://localhost:8080)",
            "  PENSTOCK_KEY   the key to show; there is no option for it, because others can see options",
            "",
            "Exit codes: 0 done, 1 refused, 2 wrong usage, 3 key missing or not allowed, 4 not found, 5 unavailable"
        })
final class Penstock {

    private static final String DEFAULT_URL = "http://localhost:8080";

    @Option(names = "--url", paramLabel = "URL", description = "Where the API is.", scope = ScopeType.INHERIT)
    private @Nullable URI url;

    @Option(
            names = "--key-file",
            paramLabel = "FILE",
            description = "A file whose first line is the key.",
            scope = ScopeType.INHERIT)
    private @Nullable Path keyFile;

    @Option(names = "--json", description = "Print the API's answer as it is.", scope = ScopeType.INHERIT)
    private boolean json;

    @Option(
            names = "--watch",
            paramLabel = "SECONDS",
            arity = "0..1",
            fallbackValue = "2",
            description = "Look again every so many seconds (default: 2), until Ctrl-C.",
            scope = ScopeType.INHERIT)
    private @Nullable Integer watch;

    @Option(
            names = "--color",
            paramLabel = "WHEN",
            defaultValue = "auto",
            description = "auto, always or never. NO_COLOR is heeded.",
            scope = ScopeType.INHERIT)
    private When color = When.AUTO;

    /** When to colour. */
    enum When {
        AUTO,
        ALWAYS,
        NEVER
    }

    @Spec
    private @Nullable CommandSpec spec;

    private final Map<String, String> environment;
    private final InputStream in;
    private @Nullable Api api;

    Penstock(Map<String, String> environment, InputStream in) {
        this.environment = environment;
        this.in = in;
    }

    public static void main(String[] arguments) {
        System.exit(commandLine(System.getenv(), System.in).execute(arguments));
    }

    static CommandLine commandLine(Map<String, String> environment, InputStream in) {
        CommandLine line = new CommandLine(new Penstock(environment, in));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        // A payload may be @file; it is not a file of arguments.
        line.setExpandAtFiles(false);
        line.setExecutionExceptionHandler((failure, command, parsed) -> {
            if (failure instanceof ApiException e) {
                command.getErr().println(Table.clean(String.valueOf(e.getMessage())));
                return e.exitCode();
            }
            throw failure;
        });
        return line;
    }

    Api api() {
        if (api == null) {
            String where = environment.getOrDefault("PENSTOCK_URL", DEFAULT_URL);
            URI base = url != null ? url : URI.create(where);
            if (base.getScheme() == null || !base.getScheme().matches("https?") || base.getHost() == null) {
                throw usage("--url must be such as http://localhost:8080");
            }
            api = new Api(base, key());
        }
        return api;
    }

    private String key() {
        if (keyFile != null) {
            try (var lines = Files.lines(keyFile)) {
                return lines.findFirst().orElse("").strip();
            } catch (IOException e) {
                throw usage("cannot read " + keyFile + ": " + e.getMessage());
            }
        }
        String key = environment.get("PENSTOCK_KEY");
        if (key == null || key.isBlank()) {
            throw new ApiException(ExitCode.NOT_ALLOWED, "Set PENSTOCK_KEY or give --key-file.");
        }
        return key.strip();
    }

    /** Prints a list, again and again where it is watched. */
    int list(Supplier<JsonNode> question, String rows, Table table) {
        return shown(question, answer -> table.render(answer.at("/" + rows), colours()));
    }

    /** Prints one thing. */
    int one(Supplier<JsonNode> question, Table table) {
        return shown(question, table::renderOne);
    }

    /** Does something once and says so. */
    int act(JsonNode answer, String said) {
        print(json ? api().pretty(answer) + "\n" : Table.clean(said) + "\n");
        return ExitCode.OK;
    }

    /** Prints an answer as it is. */
    int answer(JsonNode answer) {
        print(answer.isMissingNode() ? "" : api().pretty(answer) + "\n");
        return ExitCode.OK;
    }

    private int shown(Supplier<JsonNode> question, Function<JsonNode, String> text) {
        print(text(question.get(), text));
        while (watch != null) {
            if (watch < 1) {
                throw usage("--watch must be at least 1");
            }
            try {
                Thread.sleep(Duration.ofSeconds(watch).toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return ExitCode.OK;
            }
            String next = text(question.get(), text);
            print((json ? "" : "\u001b[H\u001b[2J") + next);
        }
        return ExitCode.OK;
    }

    private String text(JsonNode answer, Function<JsonNode, String> text) {
        return json ? api().pretty(answer) + "\n" : text.apply(answer);
    }

    private boolean colours() {
        return switch (color) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> Boolean.getBoolean("penstock.terminal") && !environment.containsKey("NO_COLOR");
        };
    }

    /** A body as it was given: JSON, {@code @file}, or {@code -} for what comes in. */
    String body(@Nullable String given) {
        String text = given == null ? "{}" : given;
        try {
            if (text.equals("-")) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
            return text.startsWith("@") ? Files.readString(Path.of(text.substring(1))) : text;
        } catch (IOException e) {
            throw usage("cannot read " + text + ": " + e.getMessage());
        }
    }

    ParameterException usage(String why) {
        return new ParameterException(spec == null ? new CommandLine(this) : spec.commandLine(), why);
    }

    private void print(String text) {
        PrintWriter out = spec == null
                ? new PrintWriter(System.out, true, StandardCharsets.UTF_8)
                : spec.commandLine().getOut();
        out.print(text);
        out.flush();
    }
}
