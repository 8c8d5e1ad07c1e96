package io.penstock.api.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The files of the console, without an application. */
class ConsoleAssetsTest {

    private static final Path DIRECTORY = Path.of("src/main/resources/console");
    private static final int MOST_BYTES = 300_000;
    private static final Pattern IMPORT = Pattern.compile("(?:from|import)\\s*\\(?\\s*'(\\.{1,2}/[^']+)'");

    /** What would make text into markup, or break the page's policy. */
    private static final Pattern FORBIDDEN = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|unsafeHTML|unsafeSVG|document\\.write|\\beval\\(|new Function|\\sstyle=|\\son[a-z]+=\"|javascript:|https?://(?!www\\.w3\\.org)");

    /** Words between tags of a template: they belong into the message file. */
    private static final Pattern WORDS = Pattern.compile(">\\s*[A-Za-z][a-z]+(?: [a-z]+)*\\s*<");

    private final ConsoleAssets assets = new ConsoleAssets(List.of(new Sample("sample")));

    /** A page that a workload adds. */
    private record Sample(String id) implements ConsolePage {

        @Override
        public String title() {
            return "A <b>sample</b>";
        }

        @Override
        public String module() {
            return "pages/offers/page.js";
        }
    }

    private static Set<String> files() throws IOException {
        try (Stream<Path> all = Files.walk(DIRECTORY)) {
            return all.filter(Files::isRegularFile)
                    .map(file -> DIRECTORY.relativize(file).toString())
                    .filter(name -> !name.equals("assets.txt"))
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }

    private static String read(String name) throws IOException {
        return Files.readString(DIRECTORY.resolve(name));
    }

    @Test
    void everyFileIsServed() throws IOException {
        for (String name : files()) {
            if (!name.startsWith("pages/")) {
                assertThat(assets.find(name))
                        .as(name + " is missing in assets.txt")
                        .isPresent();
            }
        }
    }

    @Test
    void everyImportLeadsToAFile() throws IOException {
        for (String name : files()) {
            if (name.endsWith(".js")) {
                Matcher imports = IMPORT.matcher(read(name));
                while (imports.find()) {
                    String wanted = Path.of(name)
                            .resolveSibling(imports.group(1))
                            .normalize()
                            .toString();
                    assertThat(assets.find(wanted).isPresent() || files().contains(wanted))
                            .as(name + " imports " + wanted)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void textNeverBecomesMarkup() throws IOException {
        for (String name : files()) {
            if (name.endsWith(".js") && !name.equals("screens/first-run.js")) {
                assertThat(FORBIDDEN.matcher(read(name)).results().map(found -> found.group()))
                        .as(name)
                        .isEmpty();
            }
        }
    }

    @Test
    void screensTakeTheirWordsFromTheMessages() throws IOException {
        for (String name : files()) {
            if (name.startsWith("screens/") || name.equals("menu.js") || name.equals("app.js")) {
                String withoutKeys = read(name).replaceAll("<kbd>[^<]*</kbd>", "");
                assertThat(WORDS.matcher(withoutKeys).results().map(found -> found.group()))
                        .as(name)
                        .isEmpty();
            }
        }
    }

    @Test
    void allOfItIsSmall() throws IOException {
        int bytes = 0;
        for (String name : files()) {
            bytes += assets.find(name).map(asset -> asset.gzipped().length()).orElse(0);
        }
        assertThat(bytes).isPositive().isLessThan(MOST_BYTES);
    }

    @Test
    void aPageOfAWorkloadIsInTheMenuAsText() {
        assertThat(ConsoleShell.menu(List.of(new Sample("sample"))))
                .isEqualTo(
                        "[{\"id\":\"sample\",\"title\":\"A <b>sample</b>\",\"icon\":\"overview\",\"section\":\"workloads\","
                                + "\"module\":\"pages/offers/page.js\"}]");
        assertThat(assets.find("pages/offers/page.js")).isPresent();
    }

    @Test
    void twoPagesOfOneNameDoNotStart() {
        assertThatThrownBy(() -> ConsoleShell.menu(List.of(new Sample("one"), new Sample("one"))))
                .hasMessageContaining("'one'");
        assertThatThrownBy(() -> ConsoleShell.menu(List.of(new Sample("queues"))))
                .hasMessageContaining("'queues'");
        assertThatThrownBy(() -> ConsoleShell.menu(List.of(new Sample("../x")))).hasMessageContaining("'../x'");
    }

    @Test
    void anotherContentIsAnotherVersion() {
        assertThat(new ConsoleAssets(List.of()).version()).isNotEqualTo(assets.version());
        assertThat(new ConsoleAssets(List.of(new Sample("sample"))).version()).isEqualTo(assets.version());
    }
}
