package io.penstock.bench;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import picocli.CommandLine;

/**
 * Where the programs of this module are started: it has their arguments parsed, and tells the person there what went
 * wrong. Of a {@link BenchException} that is the message alone, of what nobody thought of its kind as well.
 */
public final class Terminal {

    private static final int FAILED = 1;

    private final PrintWriter out;
    private final PrintWriter err;

    /**
     * Any two streams.
     *
     * @param out for results
     * @param err for everything else
     */
    public Terminal(Writer out, Writer err) {
        this.out = new PrintWriter(out, true);
        this.err = new PrintWriter(err, true);
    }

    private Terminal(PrintStream out, PrintStream err) {
        this.out = new PrintWriter(out, true, StandardCharsets.UTF_8);
        this.err = new PrintWriter(err, true, StandardCharsets.UTF_8);
    }

    /** At the terminal of this process, which ends with the program's exit code. */
    public static void main(Callable<Integer> program, String... args) {
        System.exit(new Terminal(System.out, System.err).run(program, args));
    }

    /**
     * Answers with the exit code: the program's own, 1 when it failed, 2 when the arguments are wrong.
     *
     * @param program a command of picocli
     */
    public int run(Callable<Integer> program, String... args) {
        return new CommandLine(program)
                .setOut(out)
                .setErr(err)
                .setExecutionExceptionHandler((failure, command, parsed) -> {
                    err.println(failure instanceof BenchException ? failure.getMessage() : failure.toString());
                    return FAILED;
                })
                .execute(args);
    }
}
