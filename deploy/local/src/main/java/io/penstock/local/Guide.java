package io.penstock.local;

import java.net.URI;

/** What to look at and to try while everything runs. */
final class Guide {

    private Guide() {}

    /** @param logInLink where the console logs its holder in, once */
    static String to(URI api, RunServices services, URI logInLink) {
        String key = services.secrets().adminKey();
        return """

                Console    %9$s
                           (logs in once, within a day)
                API        %1$s          (OpenAPI: %1$s/q/openapi)
                Admin key  %2$s
                Feed       %3$s
                Mails      %4$s
                Logs       %5$s
                Redis      %7$s
                PostgreSQL %8$s

                Try:
                  export PENSTOCK_URL=%1$s PENSTOCK_KEY=%2$s
                  deploy/cli/penstock queues list --watch
                  deploy/cli/penstock --help
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/queues'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/offers?limit=5'
                  curl -H 'Authorization: Bearer %2$s' -H 'Content-Type: application/json' \\
                       -d '{"payload":{}}' '%1$s/api/jobs/diagnostics.ping'
                  curl -H 'Authorization: Bearer %2$s' -H 'Content-Type: application/json' \\
                       -d '{"payload":{"given":"Ada","family":"Lovelace"}}' '%1$s/api/jobs/examples.greet'
                  curl -X POST -H 'Authorization: Bearer %6$s' '%1$s/api/cron?maxPages=20&concurrency=10&status=Active'

                Ctrl-C stops everything.
                """
                .formatted(
                        api,
                        key,
                        services.feed(),
                        services.files().mails(),
                        services.files().logs(),
                        services.secrets().cronSecret(),
                        services.servers().redisClient(),
                        services.servers().postgresClient(),
                        logInLink);
    }

    static String toShop(URI api, RunServices services) {
        return """

                API        %1$s          (OpenAPI: %1$s/q/openapi)
                Admin key  %2$s
                Mails      %3$s
                Logs       %4$s
                PostgreSQL %5$s

                Holds last 15 s. Try:
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/orders?limit=5'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/orders?state=expired&limit=5'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/concerts/1/availability'
                Remind everybody of tomorrow's concerts now, once, however often you ask:
                  curl -X POST -H 'Authorization: Bearer %2$s' '%1$s/api/tasks/concert-reminders/execute'

                Ctrl-C stops everything.
                """
                .formatted(
                        api,
                        services.secrets().adminKey(),
                        services.files().mails(),
                        services.files().logs(),
                        services.servers().postgresClient());
    }

    /** @param logInLink where the console logs its holder in, once */
    static String toTemplates(URI api, RunServices services, URI logInLink) {
        return """

                Console    %3$s
                           (logs in once, within a day)
                Templates  %1$s/console/templates?tenant=%4$s
                           %1$s/console/templates?tenant=%5$s
                Admin key  %2$s
                Logs       %6$s
                PostgreSQL %7$s

                Try:
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/templates?tenant=%4$s&text=evenings&sort=usage'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/templates?tenant=%5$s&popular=true&limit=5'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/templates/bulk/backups?tenant=%4$s'

                Ctrl-C stops everything.
                """
                .formatted(
                        api,
                        services.secrets().adminKey(),
                        logInLink,
                        TemplateLibrary.TENANTS.get(0),
                        TemplateLibrary.TENANTS.get(1),
                        services.files().logs(),
                        services.servers().postgresClient());
    }

    static String toMarket(URI api, RunServices services, URI logInLink) {
        return """

                Console    %6$s
                           (logs in once, within a day)
                API        %1$s          (OpenAPI: %1$s/q/openapi)
                Admin key  %2$s
                Mails      %3$s
                Logs       %4$s
                PostgreSQL %5$s

                Prices move every few seconds, and the scraper fails as real ones do. Try:
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/products?limit=5'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/products/1/history?metric=price'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/products/1/anomalies'
                  curl -H 'Authorization: Bearer %2$s' '%1$s/api/users/1/notifications?limit=5'
                Each mail ends with a link that stops the mails; open one.

                Ctrl-C stops everything.
                """
                .formatted(
                        api,
                        services.secrets().adminKey(),
                        services.files().mails(),
                        services.files().logs(),
                        services.servers().postgresClient(),
                        logInLink);
    }
}
