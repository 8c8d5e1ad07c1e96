package io.penstock.common.docs;

import com.sun.source.doctree.DocCommentTree;
import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Reads the settings of every {@code @ConfigMapping} from the sources: key, type, default, and what its Javadoc says. */
final class ConfigurationReference {

    private static final Pattern GENERIC = Pattern.compile("(\\w+)<(.*)>");
    private static final Pattern LINK = Pattern.compile("\\{@link(?:plain)?\\s+([^}\\s]+)(?:\\s+([^}]+))?}");
    private static final Pattern CODE = Pattern.compile("\\{@code\\s+([^}]+)}");

    private final DocTrees docs;
    private final CompilationUnitTree unit;
    private final Map<String, ClassTree> nested = new HashMap<>();
    private final List<String> rows = new ArrayList<>();

    private ConfigurationReference(DocTrees docs, CompilationUnitTree unit) {
        this.docs = docs;
        this.unit = unit;
    }

    /** Markdown: a table for each mapping below {@code repository}, by prefix. */
    static String of(Path repository) throws IOException {
        List<Path> sources = mainFiles(repository).stream()
                .filter(file -> file.toString().endsWith(".java"))
                .filter(ConfigurationReference::declaresAMapping)
                .toList();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<Section> sections = new ArrayList<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, Locale.ROOT, null)) {
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, diagnostic -> {}, null, null, files.getJavaFileObjectsFromPaths(sources));
            DocTrees docs = DocTrees.instance(task);
            for (CompilationUnitTree unit : task.parse()) {
                new ConfigurationReference(docs, unit).section().ifPresent(sections::add);
            }
        }
        StringBuilder page = new StringBuilder();
        sections.stream().sorted(Comparator.comparing(Section::prefix)).forEach(section -> page.append(section.text()));
        return page.toString();
    }

    /** Whatever is below a module's {@code src/main}; what builds write meanwhile is not looked at. */
    static List<Path> mainFiles(Path repository) throws IOException {
        List<Path> found = new ArrayList<>();
        for (Path parent : List.of(repository, repository.resolve("deploy"))) {
            try (Stream<Path> modules = Files.list(parent)) {
                for (Path main : modules.map(module -> module.resolve("src/main"))
                        .filter(Files::isDirectory)
                        .toList()) {
                    try (Stream<Path> files = Files.walk(main)) {
                        files.filter(Files::isRegularFile).forEach(found::add);
                    }
                }
            }
        }
        return found;
    }

    private record Section(String prefix, String text) {}

    private static boolean declaresAMapping(Path source) {
        try {
            return Files.readString(source).contains("@ConfigMapping(");
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + source, e);
        }
    }

    private Optional<Section> section() {
        ClassTree root = (ClassTree) unit.getTypeDecls().get(0);
        root.getMembers().stream()
                .filter(ClassTree.class::isInstance)
                .map(ClassTree.class::cast)
                .forEach(inner -> nested.put(inner.getSimpleName().toString(), inner));
        return value(root.getModifiers(), "ConfigMapping").map(prefix -> {
            addMembers(root, prefix);
            return new Section(
                    prefix,
                    "### `" + prefix + "`\n\n" + doc(root, unit)
                            + "\n\n| setting | type | default | meaning |\n|---|---|---|---|\n" + String.join("", rows)
                            + "\n");
        });
    }

    private void addMembers(ClassTree type, String prefix) {
        for (Tree member : type.getMembers()) {
            if (member instanceof MethodTree method && method.getBody() == null) {
                addSetting(method, prefix);
            }
        }
    }

    private void addSetting(MethodTree method, String prefix) {
        ModifiersTree modifiers = method.getModifiers();
        String name = value(modifiers, "WithName")
                .orElseGet(() -> kebab(method.getName().toString()));
        String key = has(modifiers, "WithParentName") ? prefix : prefix + "." + name;
        String type = String.valueOf(method.getReturnType());
        boolean optional = false;
        for (Matcher generic = GENERIC.matcher(type); generic.matches(); generic = GENERIC.matcher(type)) {
            if (generic.group(1).equals("Map")) {
                key += ".\"<name>\"";
                type = generic.group(2).split(",", 2)[1].trim();
            } else if (generic.group(1).equals("Optional")) {
                optional = true;
                type = generic.group(2);
            } else {
                break;
            }
        }
        ClassTree group = nested.get(type);
        if (group != null && group.getKind() == Tree.Kind.INTERFACE) {
            addMembers(group, key);
            return;
        }
        String standard = value(modifiers, "WithDefault")
                .map(text -> "`" + text + "`")
                .orElse(optional || type.startsWith("Optional") || key.endsWith(">\"") ? "–" : "required");
        rows.add("| `%s` | %s | %s | %s |%n"
                .formatted(key, shown(type), standard, doc(method, unit))
                .replace("\r", ""));
    }

    private static String shown(String type) {
        return switch (type) {
            case "OptionalInt", "OptionalLong", "int", "long" -> "number";
            case "double" -> "fraction";
            case "MemorySize" -> "size";
            case "Duration" -> "duration";
            case "boolean" -> "true, false";
            case "String" -> "text";
            case "URI" -> "address";
            case "List<String>" -> "list";
            default -> "`" + type + "`";
        };
    }

    private String doc(Tree tree, CompilationUnitTree of) {
        DocCommentTree comment = docs.getDocCommentTree(Objects.requireNonNull(TreePath.getPath(of, tree)));
        if (comment == null) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        comment.getFullBody().forEach(part -> text.append(part));
        String plain = text.toString()
                .replaceAll("\\s+", " ")
                .replaceAll("</?[a-z]+/?>", "")
                .replace("|", "\\|");
        plain = LINK.matcher(plain)
                .replaceAll(link -> Matcher.quoteReplacement("`"
                        + (link.group(2) == null ? kebab(link.group(1).replaceAll("^.*#|\\(.*$", "")) : link.group(2))
                        + "`"));
        return CODE.matcher(plain)
                .replaceAll(code -> Matcher.quoteReplacement("`" + code.group(1) + "`"))
                .trim();
    }

    private static boolean has(ModifiersTree modifiers, String annotation) {
        return modifiers.getAnnotations().stream()
                .anyMatch(each -> each.getAnnotationType().toString().equals(annotation));
    }

    private static Optional<String> value(ModifiersTree modifiers, String annotation) {
        return modifiers.getAnnotations().stream()
                .filter(each -> each.getAnnotationType().toString().equals(annotation))
                .map(AnnotationTree::getArguments)
                .filter(arguments -> !arguments.isEmpty())
                .map(arguments -> literal(arguments.get(0)))
                .findFirst();
    }

    private static String literal(ExpressionTree argument) {
        ExpressionTree text = argument instanceof AssignmentTree assignment ? assignment.getExpression() : argument;
        return String.valueOf(((LiteralTree) text).getValue());
    }

    private static String kebab(String name) {
        return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }
}
