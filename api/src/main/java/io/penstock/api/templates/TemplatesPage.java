package io.penstock.api.templates;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The templates' page of the console: the tree of a tenant, changes of many at once seen before they are made, the way back. */
@ApplicationScoped
class TemplatesPage implements ConsolePage {

    @Override
    public String id() {
        return "templates";
    }

    @Override
    public String title() {
        return "Templates";
    }

    @Override
    public String icon() {
        return "copy";
    }

    @Override
    public String module() {
        return "pages/templates/page.js";
    }

    @Override
    public List<String> assets() {
        return List.of("pages/templates/words.js");
    }
}
