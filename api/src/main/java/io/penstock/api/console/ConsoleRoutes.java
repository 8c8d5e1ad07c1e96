package io.penstock.api.console;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import java.util.List;

/**
 * Serves the page of the console and its assets from memory. They are open to everybody, as they hold no data, and need
 * neither Redis nor PostgreSQL: a console that does not open during an outage is of no use.
 */
@ApplicationScoped
class ConsoleRoutes {

    private static final String HOME = "/console";

    /**
     * What a browser lets the page do: run our modules, and talk to this service. No script or style in the page itself, no
     * other host, and text becomes HTML nowhere but in the templates of lit.
     */
    static final String PAGE_POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
            + "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            + "require-trusted-types-for 'script'; trusted-types lit-html";

    private static final String FOR_EVER = "public, max-age=31536000, immutable";
    private static final int SEE_OTHER = 303;
    private static final int NOT_FOUND = 404;

    private final ConsoleConfig config;
    private final ConsoleAssets assets;
    private final ConsoleShell shell;

    @Inject
    ConsoleRoutes(ConsoleConfig config, ConsoleAssets assets, ConsoleShell shell) {
        this.config = config;
        this.assets = assets;
        this.shell = shell;
    }

    void register(@Observes Router router) {
        if (!config.enabled()) {
            return;
        }
        Buffer page = Buffer.buffer(shell.page());
        router.get("/console/assets/:version/*").handler(this::sendAsset);
        router.get(HOME).handler(context -> sendPage(context, page));
        router.get("/console/*").handler(context -> sendPage(context, page));
        router.get("/").handler(context -> redirect(context, HOME));
        router.get("/api/queues").handler(ConsoleRoutes::browsersToTheirScreen);
    }

    private static void sendPage(RoutingContext context, Buffer page) {
        context.response()
                .putHeader("Content-Type", "text/html; charset=utf-8")
                .putHeader("Content-Security-Policy", PAGE_POLICY)
                .putHeader("Cross-Origin-Opener-Policy", "same-origin")
                .end(page.copy());
    }

    private void sendAsset(RoutingContext context) {
        String prefix = "/console/assets/" + context.pathParam("version") + "/";
        String path = context.normalizedPath();
        boolean current = assets.version().equals(context.pathParam("version")) && path.startsWith(prefix);
        ConsoleAssets.Asset asset =
                current ? assets.find(path.substring(prefix.length())).orElse(null) : null;
        if (asset == null) {
            // Of another version, perhaps: replicas are replaced one by one. The page asks again.
            context.response().setStatusCode(NOT_FOUND).end();
            return;
        }
        HttpServerResponse response = context.response()
                .putHeader("Content-Type", asset.type())
                .putHeader("Cache-Control", FOR_EVER)
                .putHeader("Vary", "Accept-Encoding");
        String accepted = context.request().getHeader("Accept-Encoding");
        if (accepted != null && accepted.contains("gzip")) {
            response.putHeader("Content-Encoding", "gzip").end(asset.gzipped().copy());
        } else {
            response.end(asset.plain().copy());
        }
    }

    /** Who opens the address of the queues in a browser wants to see them; programs get JSON. */
    private static void browsersToTheirScreen(RoutingContext context) {
        if (wantsHtml(context.parsedHeaders().accept())) {
            redirect(context, HOME + "/queues");
        } else {
            context.next();
        }
    }

    private static boolean wantsHtml(List<MIMEHeader> accepted) {
        return !accepted.isEmpty()
                && "text".equals(accepted.get(0).component())
                && "html".equals(accepted.get(0).subComponent());
    }

    private static void redirect(RoutingContext context, String to) {
        context.response().setStatusCode(SEE_OTHER).putHeader("Location", to).end();
    }
}
