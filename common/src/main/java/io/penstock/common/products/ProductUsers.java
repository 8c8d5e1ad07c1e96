package io.penstock.common.products;

import io.penstock.common.webhook.Webhooks;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Those who track products. */
@ApplicationScoped
public class ProductUsers {

    private static final String COLUMNS =
            """
            id, email, name, plan, last_active_at, price_change_percent, rank_change_percent, rating_change, review_surge_percent,
            buy_box_alerts, email_on, webhook_url, webhook_secret IS NOT NULL AS has_secret, digest, unsubscribed_at, created_at
            """;

    private static final String ADD =
            """
            INSERT INTO product_user (email, name, plan, price_change_percent, rank_change_percent, rating_change,
                review_surge_percent, buy_box_alerts, email_on, webhook_url, webhook_secret, digest)
            VALUES ($1, nullif($2, ''), coalesce($3, 'basic'), coalesce($4::float8, 10), coalesce($5::float8, 30), coalesce($6::float8, 0.3),
                coalesce($7::float8, 20), coalesce($8, true), coalesce($9, true), nullif($10, ''), nullif($11, ''), coalesce($12, 'immediate'))
            ON CONFLICT (email) DO NOTHING
            RETURNING
            """
                    + COLUMNS;

    /** Whoever switches mails on again wants them again. */
    private static final String CHANGE =
            """
            UPDATE product_user SET
                email = coalesce($1::text, email), name = CASE WHEN $2::text IS NULL THEN name ELSE nullif($2, '') END,
                plan = coalesce($3, plan),
                price_change_percent = coalesce($4, price_change_percent), rank_change_percent = coalesce($5, rank_change_percent),
                rating_change = coalesce($6, rating_change), review_surge_percent = coalesce($7, review_surge_percent),
                buy_box_alerts = coalesce($8, buy_box_alerts), email_on = coalesce($9, email_on),
                unsubscribed_at = CASE WHEN $9::boolean THEN NULL ELSE unsubscribed_at END,
                webhook_url = CASE WHEN $10::text IS NULL THEN webhook_url ELSE nullif($10, '') END,
                webhook_secret = CASE WHEN $11::text IS NULL THEN webhook_secret ELSE nullif($11, '') END,
                digest = coalesce($12, digest), updated_at = now()
            WHERE id = $13
            RETURNING
            """
                    + COLUMNS;

    private static final String EMAIL_TAKEN = "SELECT 1 FROM product_user WHERE email = $1 AND id <> $2";

    private static final String FIND = "SELECT " + COLUMNS + " FROM product_user WHERE id = $1";

    private static final String LIST = "SELECT " + COLUMNS + " FROM product_user WHERE id > $1 ORDER BY id LIMIT $2";

    private static final String SEEN = "UPDATE product_user SET last_active_at = now() WHERE id = $1";

    private static final String ITEM_OF =
            "SELECT item_id FROM product_tracked WHERE id = $1 AND user_id = $2 AND active";

    private static final String UNSUBSCRIBE =
            """
            UPDATE product_user SET unsubscribed_at = coalesce(unsubscribed_at, now()), updated_at = now()
            WHERE unsubscribe_token = $1
            RETURNING id
            """;

    private static final String KNOWS = "SELECT id FROM product_user WHERE unsubscribe_token = $1";

    /** As the database makes them. */
    private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{64}");

    private final Pool pool;
    private final Webhooks webhooks;

    @Inject
    public ProductUsers(Pool pool, Webhooks webhooks) {
        this.pool = pool;
        this.webhooks = webhooks;
    }

    /** Adds a user; empty where another has the e-mail address. Fails with {@link InvalidProductException}. */
    public Uni<Optional<ProductUser>> add(UserSpec spec) {
        return Uni.createFrom().deferred(() -> {
            InvalidProductException.require(spec.email() != null, "email", "is missing");
            List<Object> values = values(checked(spec));
            return pool.withTransaction(transaction ->
                    transaction.preparedQuery(ADD).execute(Tuple.from(values)).map(ProductUsers::signedOne));
        });
    }

    /** Changes what is given; empty where there is no such user. Fails with {@link InvalidProductException}. */
    public Uni<Optional<ProductUser>> change(long id, UserSpec spec) {
        return Uni.createFrom().deferred(() -> {
            List<Object> values = values(checked(spec));
            values.add(id);
            return pool.preparedQuery(EMAIL_TAKEN)
                    .execute(Tuple.of(spec.email(), id))
                    .invoke(taken ->
                            InvalidProductException.require(taken.size() == 0, "email", "is that of another user"))
                    .chain(() -> pool.withTransaction(transaction -> transaction
                            .preparedQuery(CHANGE)
                            .execute(Tuple.from(values))
                            .map(ProductUsers::signedOne)));
        });
    }

    /** Stops the mails to whoever has this token, for good; doing so again changes nothing. False: nobody has it. */
    public Uni<Boolean> unsubscribe(String token) {
        return withToken(UNSUBSCRIBE, token);
    }

    /** Whether somebody has this token. */
    public Uni<Boolean> knowsToken(String token) {
        return withToken(KNOWS, token);
    }

    private Uni<Boolean> withToken(String statement, String token) {
        return TOKEN.matcher(token).matches()
                ? pool.preparedQuery(statement).execute(Tuple.of(token)).map(rows -> rows.size() > 0)
                : Uni.createFrom().item(false);
    }

    private UserSpec checked(UserSpec spec) {
        UserSpec checked = spec.checked();
        String url = checked.webhookUrl();
        InvalidProductException.require(
                url == null || url.isEmpty() || !webhooks.surelyRefuses(URI.create(url)),
                "webhookUrl",
                "must be a public address");
        return checked;
    }

    /** Whoever gets a webhook must be able to tell that it is ours. */
    private static Optional<ProductUser> signedOne(RowSet<Row> rows) {
        Optional<ProductUser> user = rows.stream().map(ProductUsers::user).findFirst();
        user.map(ProductUser::settings)
                .ifPresent(settings -> InvalidProductException.require(
                        settings.webhookUrl() == null || settings.hasWebhookSecret(),
                        "webhookSecret",
                        "must be there as long as there is a webhook: what is sent is signed with it"));
        return user;
    }

    public Uni<Optional<ProductUser>> find(long id) {
        return pool.preparedQuery(FIND)
                .execute(Tuple.of(id))
                .map(rows -> rows.stream().map(ProductUsers::user).findFirst());
    }

    /** In the order of their ids. */
    public Uni<List<ProductUser>> list(long after, int most) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(after, most))
                .map(rows -> rows.stream().map(ProductUsers::user).toList());
    }

    /** The user did something just now. False: there is no such user. */
    public Uni<Boolean> seen(long userId) {
        return pool.preparedQuery(SEEN).execute(Tuple.of(userId)).map(rows -> rows.rowCount() > 0);
    }

    /** The item that a user tracks; empty where it is another user's, or none. */
    public Uni<Optional<Long>> itemOf(long userId, long trackedId) {
        return pool.preparedQuery(ITEM_OF)
                .execute(Tuple.of(trackedId, userId))
                .map(rows -> rows.stream().map(row -> row.getLong("item_id")).findFirst());
    }

    private static List<Object> values(UserSpec spec) {
        List<Object> values = new ArrayList<>();
        values.add(spec.email());
        values.add(spec.name());
        values.add(spec.plan());
        values.add(spec.priceChangePercent());
        values.add(spec.rankChangePercent());
        values.add(spec.ratingChange());
        values.add(spec.reviewSurgePercent());
        values.add(spec.buyBoxAlerts());
        values.add(spec.emailOn());
        values.add(spec.webhookUrl());
        values.add(spec.webhookSecret());
        values.add(spec.digest());
        return values;
    }

    private static ProductUser user(Row row) {
        return new ProductUser(
                row.getLong("id"),
                row.getString("email"),
                row.getString("name"),
                Plan.ofWire(row.getString("plan")).orElseThrow(),
                new ProductUser.Settings(
                        row.getDouble("price_change_percent"),
                        row.getDouble("rank_change_percent"),
                        row.getDouble("rating_change"),
                        row.getDouble("review_surge_percent"),
                        row.getBoolean("buy_box_alerts"),
                        row.getBoolean("email_on"),
                        row.getString("webhook_url"),
                        row.getBoolean("has_secret"),
                        Digest.ofWire(row.getString("digest")).orElseThrow()),
                ItemRows.instant(row.getOffsetDateTime("last_active_at")),
                ItemRows.instant(row.getOffsetDateTime("unsubscribed_at")),
                row.getOffsetDateTime("created_at").toInstant());
    }
}
