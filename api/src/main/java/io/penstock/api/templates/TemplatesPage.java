package io.penstock.api.templates;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;
import java.util.stream.Stream;

/** The templates' page of the console: the search and the tree of a tenant, one template with what it inherits,
 * changes of many seen before they are made, the way back. */
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
        return Stream.of("words", "parts", "search", "tree", "operations", "change", "template")
                .map(name -> "pages/templates/" + name + ".js")
                .toList();
    }
}
