package io.penstock.api.products;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.penstock.common.products.Anomaly;
import io.penstock.common.products.HistoryPoint;
import io.penstock.common.products.Item;
import io.penstock.common.products.ProductGroup;
import io.penstock.common.products.ProductUser;
import io.penstock.common.products.TrackedProduct;
import io.quarkus.runtime.annotations.RegisterForReflection;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A tracked product as callers see it. */
@RegisterForReflection
@Schema(name = "TrackedProduct")
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ProductAnswer(
        @Schema(description = "Of what is tracked") long id,
        long userId,
        String frequency,
        @Schema(description = "Absent: the user's") @Nullable Double priceChangePercent,
        @Schema(description = "Absent: the user's") @Nullable Double rankChangePercent,
        boolean active,
        Instant createdAt,
        @Schema(description = "What the marketplace said last; shared by all who track it") Item item) {

    /** A page of products. */
    @RegisterForReflection
    @Schema(name = "TrackedProducts")
    public record Page(
            List<ProductAnswer> products,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    /** A history. */
    @RegisterForReflection
    @Schema(name = "ProductHistory")
    public record History(
            long id,
            String metric,
            Instant from,
            Instant to,
            @Schema(description = "readings, or days where the span is long or old") String of,
            @Schema(description = "At most 1,000, in order; where there were more, equal spans are one point each")
                    List<Point> points) {}

    /** The histories of a group. */
    @RegisterForReflection
    @Schema(name = "ProductGroupHistory")
    public record GroupHistory(
            long id,
            String metric,
            Instant from,
            Instant to,
            @Schema(description = "The main product is the first") List<Series> series) {}

    /** The history of one product of a group. */
    @RegisterForReflection
    @Schema(name = "ProductSeries")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Series(
            long itemId, String asin, @Nullable String title, @Nullable String currency, List<Point> points) {

        static Series of(Item item, List<HistoryPoint> points) {
            return new Series(
                    item.id(),
                    item.asin(),
                    item.title(),
                    item.currency(),
                    points.stream().map(Point::of).toList());
        }
    }

    /** One point. */
    @RegisterForReflection
    @Schema(name = "ProductHistoryPoint")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record Point(
            @Schema(description = "Of the last reading of the point") Instant at,
            @Schema(description = "The last one; absent of the buy box") @Nullable BigDecimal value,
            @Schema(description = "Absent where it is the same") @Nullable BigDecimal min,
            @Schema(description = "Absent where it is the same") @Nullable BigDecimal max,
            @Schema(description = "The seller of the buy box") @Nullable String text) {

        static Point of(HistoryPoint point) {
            boolean one = isSame(point.value(), point.least()) && isSame(point.value(), point.greatest());
            return new Point(
                    point.at(), point.value(), one ? null : point.least(), one ? null : point.greatest(), point.text());
        }

        private static boolean isSame(@Nullable BigDecimal one, @Nullable BigDecimal other) {
            return one != null && other != null && one.compareTo(other) == 0;
        }
    }

    /** What moved. */
    @RegisterForReflection
    @Schema(name = "ProductAnomalies")
    public record Anomalies(@Schema(description = "The latest first") List<AnomalyAnswer> anomalies) {}

    /** Something that moved. */
    @RegisterForReflection
    @Schema(name = "ProductAnomaly")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record AnomalyAnswer(
            long id,
            @Schema(description = "price, rank, rating, reviews or buy_box") String kind,
            String before,
            String after,
            @Nullable Double changePercent,
            @Nullable Double threshold,
            Instant seenAt) {

        static AnomalyAnswer of(Anomaly anomaly) {
            return new AnomalyAnswer(
                    anomaly.id(),
                    anomaly.kind().wire(),
                    anomaly.before(),
                    anomaly.after(),
                    anomaly.changePercent(),
                    anomaly.threshold(),
                    anomaly.seenAt());
        }
    }

    /** A group. */
    @RegisterForReflection
    @Schema(name = "ProductGroup")
    public record Group(
            long id,
            long userId,
            String name,
            ProductAnswer main,
            List<Item> competitors,
            boolean active,
            Instant createdAt) {

        static Group of(ProductGroup group) {
            return new Group(
                    group.id(),
                    group.userId(),
                    group.name(),
                    ProductAnswer.of(group.main()),
                    group.competitors(),
                    group.active(),
                    group.createdAt());
        }
    }

    /** A page of groups. */
    @RegisterForReflection
    @Schema(name = "ProductGroups")
    public record Groups(
            List<Group> groups,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    /** Somebody who tracks products. */
    @RegisterForReflection
    @Schema(name = "ProductUser")
    @JsonInclude(JsonInclude.Include.NON_NULL)
    public record User(
            long id,
            String email,
            @Nullable String name,
            String plan,
            double priceChangePercent,
            double rankChangePercent,
            double ratingChange,
            double reviewSurgePercent,
            boolean buyBoxAlerts,
            boolean emailOn,
            @Nullable String webhookUrl,
            @Schema(description = "Whether what is sent to the webhook is signed with a secret of the user's")
                    boolean hasWebhookSecret,
            String digest,
            @Nullable Instant lastActiveAt,
            @Schema(description = "When the user stopped the mails by their link") @Nullable Instant unsubscribedAt,
            Instant createdAt) {

        static User of(ProductUser user) {
            ProductUser.Settings settings = user.settings();
            return new User(
                    user.id(),
                    user.email(),
                    user.name(),
                    user.plan().wire(),
                    settings.priceChangePercent(),
                    settings.rankChangePercent(),
                    settings.ratingChange(),
                    settings.reviewSurgePercent(),
                    settings.buyBoxAlerts(),
                    settings.email(),
                    settings.webhookUrl(),
                    settings.hasWebhookSecret(),
                    settings.digest().wire(),
                    user.lastActiveAt(),
                    user.unsubscribedAt(),
                    user.createdAt());
        }
    }

    /** A page of users. */
    @RegisterForReflection
    @Schema(name = "ProductUsers")
    public record Users(
            List<User> users,
            @Schema(description = "'after' of the next page; absent: there is none") @Nullable String next) {}

    static ProductAnswer of(TrackedProduct product) {
        return new ProductAnswer(
                product.id(),
                product.userId(),
                product.frequency().wire(),
                product.priceChangePercent(),
                product.rankChangePercent(),
                product.active(),
                product.createdAt(),
                product.item());
    }
}
