package io.penstock.api.console;

import io.quarkus.qute.CheckedTemplate;
import io.quarkus.qute.RawString;
import io.quarkus.qute.TemplateInstance;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The one page of the console, {@code templates/Console/shell.html}. It holds no data, so that it is the same for everybody
 * and is drawn once.
 */
@ApplicationScoped
class ConsoleShell {

    private static final Pattern ID = Pattern.compile("[a-z][a-z0-9-]*");
    private static final Set<String> OWN = Set.of(
            "queues",
            "jobs",
            "batches",
            "schedules",
            "workers",
            "flow",
            "cache",
            "reports",
            "alerts",
            "health",
            "audit",
            "access",
            "login",
            "assets");

    /** What the template shows; Qute escapes it, except for the drawings, which are ours. */
    @CheckedTemplate(basePath = "Console")
    static final class Templates {

        private Templates() {}

        static native TemplateInstance shell(
                String assets,
                List<String> modules,
                RawString icons,
                String environment,
                String version,
                String pages,
                boolean provider);
    }

    private final String page;

    @Inject
    ConsoleShell(
            ConsoleAssets assets,
            ConsoleConfig config,
            Instance<ConsolePage> pages,
            @ConfigProperty(name = "quarkus.application.version") String version,
            @ConfigProperty(name = "quarkus.oidc.console.tenant-enabled") boolean provider) {
        this.page = Templates.shell(
                        "/console/assets/" + assets.version(),
                        assets.preloaded(),
                        new RawString(assets.icons()),
                        config.environment(),
                        version,
                        menu(pages.stream()
                                .sorted(Comparator.comparing(ConsolePage::id))
                                .toList()),
                        provider)
                .render();
    }

    String page() {
        return page;
    }

    /** Entries for the menu, as JSON. */
    static String menu(List<ConsolePage> pages) {
        JsonArray entries = new JsonArray();
        Set<String> taken = new HashSet<>(OWN);
        for (ConsolePage page : pages) {
            if (!ID.matcher(page.id()).matches() || !taken.add(page.id())) {
                throw new IllegalStateException("The console's page '" + page.id() + "' of "
                        + page.getClass().getName() + " needs another id: lower case, and not that of another screen");
            }
            entries.add(new JsonObject()
                    .put("id", page.id())
                    .put("title", page.title())
                    .put("icon", page.icon())
                    .put("section", page.section().name().toLowerCase(Locale.ROOT))
                    .put("module", page.module()));
        }
        return entries.encode();
    }
}
