package com.example.invoices.backoffice;

import io.penstock.api.console.ConsolePage;
import jakarta.enterprise.context.ApplicationScoped;

/** A page of the console: the latest invoices. */
@ApplicationScoped
class InvoicesPage implements ConsolePage {

    @Override
    public String id() {
        return "invoices";
    }

    @Override
    public String title() {
        return "Invoices";
    }

    @Override
    public String icon() {
        return "reports";
    }

    @Override
    public String module() {
        return "pages/invoices/page.js";
    }
}
