package io.penstock.api.offers;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.List;

/** The offers' page of the console: what was found, how conversions went, how far sweeps are. */
@ApplicationScoped
class OffersPage implements ConsolePage {

    @Override
    public String id() {
        return "offers";
    }

    @Override
    public String title() {
        return "Offers";
    }

    @Override
    public String icon() {
        return "bookmark";
    }

    @Override
    public String module() {
        return "pages/offers/page.js";
    }

    @Override
    public List<String> assets() {
        return List.of("pages/offers/words.js");
    }
}
