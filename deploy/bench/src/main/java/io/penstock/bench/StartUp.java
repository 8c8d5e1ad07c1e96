package io.penstock.bench;

import io.quarkus.bootstrap.logging.InitialConfigurator;
import io.quarkus.vertx.core.runtime.VertxMDC;
import io.quarkus.vertx.mdc.provider.LateBoundMDCProvider;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.microprofile.context.spi.ContextManagerProvider;

/** What the application's start does for the engine before it runs. */
public final class StartUp {

    private StartUp() {}

    public static void once() {
        LateBoundMDCProvider.setMDCProviderDelegate(VertxMDC.INSTANCE);
        // Made now: two event loops that need their first Uni at one instant would both make it, and one would fail.
        ContextManagerProvider.instance().getContextManager();
        // Warnings alone, and on stderr.
        Logger.getLogger("").setLevel(Level.WARNING);
        InitialConfigurator.DELAYED_HANDLER.setHandlers(new Handler[] {new ConsoleHandler()});
    }
}
