package io.penstock.api.products;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** Product monitoring's page of the console: tracked products with their history, comparisons, suggestions. */
@ApplicationScoped
class ProductsPage implements ConsolePage {

    @Override
    public String id() {
        return "products";
    }

    @Override
    public String title() {
        return "Products";
    }

    @Override
    public String icon() {
        return "search";
    }

    @Override
    public String module() {
        return "pages/products/page.js";
    }

    @Override
    public List<String> assets() {
        return List.of(
                "pages/products/product.js",
                "pages/products/groups.js",
                "pages/products/parts.js",
                "pages/products/words.js");
    }
}
