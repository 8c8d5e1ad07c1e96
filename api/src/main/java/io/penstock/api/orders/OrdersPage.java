package io.penstock.api.orders;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The shop's page of the console: orders by state, how long holds last, what is left of each ticket type. */
@ApplicationScoped
class OrdersPage implements ConsolePage {

    @Override
    public String id() {
        return "orders";
    }

    @Override
    public String title() {
        return "Orders";
    }

    @Override
    public String icon() {
        return "bookmark";
    }

    @Override
    public String module() {
        return "pages/orders/page.js";
    }

    @Override
    public List<String> assets() {
        return List.of("pages/orders/words.js");
    }
}
