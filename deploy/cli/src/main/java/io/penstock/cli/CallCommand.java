package io.penstock.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Any call of the API, for what has no command of its own. */
@Command(name = "call", description = "Make any call of the API and print the answer.")
final class CallCommand implements Callable<Integer> {

    @ParentCommand
    @SuppressWarnings("NullAway.Init")
    private Penstock penstock;

    @Parameters(index = "0", paramLabel = "METHOD")
    @SuppressWarnings("NullAway.Init")
    private String method;

    @Parameters(index = "1", paramLabel = "PATH", description = "Such as /api/alerts?state=all")
    @SuppressWarnings("NullAway.Init")
    private String path;

    @Parameters(index = "2", paramLabel = "BODY", arity = "0..1", description = "JSON, @file, or - for standard input")
    private @Nullable String body;

    @Override
    public Integer call() {
        if (!path.startsWith("/") || path.startsWith("//")) {
            throw penstock.usage("the path must begin with one slash");
        }
        JsonNode answer =
                penstock.api().call(method.toUpperCase(Locale.ROOT), path, body == null ? null : penstock.body(body));
        return penstock.answer(answer);
    }
}
