package io.penstock.common.testing;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a native executable cannot do unless its build was told, looked for in the byte code of every module. The list of what the build is
 * told is in deploy/docs/native.md; who adds to {@link #KNOWN} adds a line there.
 */
public final class NativeRules {

    /** Who looks something up by its name, and why a native executable has it. */
    private static final Map<String, String> KNOWN = Map.of(
            "io.penstock.common.redis.LuaScript", "scripts: registered by deploy/extension",
            "io.penstock.api.console.ConsoleAssets", "files of the console: registered by deploy/extension",
            "io.penstock.common.schema.KnownMigrations", "a list: registered by deploy/extension, which makes it",
            "io.penstock.common.queue.NativeReflection", "asked in development and in tests alone",
            "io.penstock.common.queue.JobTypes", "a check of constants, which natively finds none to check");

    /** Owner and name of what finds classes, members and files at run time. */
    private static final Pattern LOOKS_UP = Pattern.compile(String.join(
            "|",
            "java\\.lang\\.Class\\.(forName|newInstance|getRecordComponents|getPermittedSubclasses|getResource\\w*"
                    + "|getDeclared(Field|Method|Constructor|Classe)\\w*|get(Field|Method|Constructor)s?)",
            "java\\.lang\\.(ClassLoader|Module)\\.(loadClass|defineClass|getResource\\w*|getSystemResource\\w*|findResource\\w*)",
            "java\\.lang\\.reflect\\.(Field\\.(get|set)|Method\\.invoke|Constructor\\.newInstance|Proxy\\.\\w+|Array\\.newInstance)",
            "java\\.lang\\.reflect\\.(Field|Method|Constructor)\\.setAccessible",
            "java\\.util\\.ServiceLoader\\.\\w+",
            "java\\.util\\.ResourceBundle\\.\\w+",
            "java\\.lang\\.invoke\\.MethodHandles(\\$Lookup)?\\.\\w+",
            "java\\.io\\.Object(Input|Output)Stream\\.<init>",
            "javax\\.naming\\..*"));

    /** Owner and name of what a class must not do when it is initialised, which natively is while the executable is built. */
    private static final Pattern BELONGS_TO_A_RUN = Pattern.compile(String.join(
            "|",
            "java\\.(util|security)\\.(Random|SecureRandom|SplittableRandom|Timer)\\.<init>",
            "java\\.util\\.concurrent\\.ThreadLocalRandom\\.current",
            "java\\.util\\.UUID\\.randomUUID",
            "java\\.lang\\.System\\.(getenv|getProperty|getProperties|currentTimeMillis|nanoTime)",
            "java\\.lang\\.(Integer|Long|Boolean)\\.get(Integer|Long|Boolean)",
            "java\\.lang\\.Runtime\\.\\w+",
            "java\\.lang\\.ProcessHandle\\.\\w+",
            "java\\.lang\\.Thread(\\$Builder.*)?\\.(<init>|start|startVirtualThread|ofVirtual|ofPlatform)",
            "java\\.lang\\.management\\..*",
            "java\\.time\\.(Instant|Local\\w+|ZonedDateTime|OffsetDateTime|Year)\\.now",
            "java\\.time\\.ZoneId\\.systemDefault",
            "java\\.net\\.(NetworkInterface|Socket|ServerSocket|http\\.HttpClient)\\..*",
            // Addresses that are written out may be constants; names may not, which nobody can see here.
            "java\\.net\\.InetAddress\\.(getLocalHost|getAllByName)",
            "java\\.nio\\.file\\.Files\\.\\w+",
            "java\\.util\\.concurrent\\.Executors\\.\\w+",
            "org\\.eclipse\\.microprofile\\.config\\.ConfigProvider\\.\\w+",
            "io\\.vertx\\..*Vertx\\.vertx"));

    private NativeRules() {}

    /** Neither reflection nor files by name, unless the build knows of it. */
    public static ArchRule whatIsLookedUpIsKnownToTheBuild() {
        return classes()
                .that()
                .resideInAPackage("io.penstock..")
                .and()
                .resideOutsideOfPackage("io.penstock.common.testing..")
                .should(new ArchCondition<>("look nothing up at run time that the native build does not know") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        JavaClass outermost = outermost(type);
                        for (JavaAccess<?> access : type.getAccessesFromSelf()) {
                            if (LOOKS_UP.matcher(nameOf(access)).matches() && !KNOWN.containsKey(outermost.getName())) {
                                events.add(SimpleConditionEvent.violated(type, access.getDescription()));
                            }
                        }
                    }
                });
    }

    /** Constants are made while the executable is built: whatever differs from run to run would stay as it was then. */
    public static ArchRule constantsHoldNothingOfOneRun() {
        return classes()
                .that()
                .resideInAPackage("io.penstock..")
                .and()
                .resideOutsideOfPackage("io.penstock.common.testing..")
                .should(new ArchCondition<>("be initialised without what belongs to one run") {
                    @Override
                    public void check(JavaClass type, ConditionEvents events) {
                        type.getStaticInitializer().ifPresent(start -> follow(type, start, events));
                    }
                });
    }

    /** Whatever the initialiser calls of ours, and what that calls in turn; what lambdas do is done later. */
    private static void follow(JavaClass type, JavaCodeUnit start, ConditionEvents events) {
        Map<JavaCodeUnit, String> seen = new HashMap<>(Map.of(start, start.getFullName()));
        Deque<JavaCodeUnit> next = new ArrayDeque<>(Set.of(start));
        while (!next.isEmpty()) {
            JavaCodeUnit unit = next.pop();
            String path = seen.getOrDefault(unit, "");
            for (var call : unit.getCallsFromSelf()) {
                if (call.isDeclaredInLambda()) {
                    continue;
                }
                if (BELONGS_TO_A_RUN.matcher(nameOf(call)).matches()) {
                    events.add(SimpleConditionEvent.violated(type, path + " calls " + nameOf(call)));
                }
                call.getTarget()
                        .resolveMember()
                        .filter(member -> member.getOwner().getPackageName().startsWith("io.penstock"))
                        .filter(member -> seen.putIfAbsent(member, path + " → " + member.getFullName()) == null)
                        .ifPresent(next::push);
            }
        }
    }

    private static String nameOf(JavaAccess<?> access) {
        return access.getTargetOwner().getName() + "." + access.getName();
    }

    private static JavaClass outermost(JavaClass type) {
        return type.getEnclosingClass().map(NativeRules::outermost).orElse(type);
    }
}
