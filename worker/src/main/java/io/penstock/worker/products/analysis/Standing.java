package io.penstock.worker.products.analysis;

import io.penstock.common.products.Item;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** How a product stands among others: computed from what was read, whoever writes the report. */
record Standing(Item main, List<Item> others) {

    /** The middle of the others' prices in the same currency; empty: none has one. */
    OptionalDouble price() {
        return median(Item::price, other -> Objects.equals(other.currency(), main.currency()));
    }

    OptionalDouble rating() {
        return median(Item::rating, any -> true);
    }

    OptionalDouble reviews() {
        return median(item -> whole(item.reviewCount()), any -> true);
    }

    OptionalDouble images() {
        return median(
                item -> item.imageUrls().isEmpty()
                        ? null
                        : whole(item.imageUrls().size()),
                any -> true);
    }

    OptionalDouble features() {
        return median(
                item -> item.features().isEmpty() ? null : whole(item.features().size()), any -> true);
    }

    OptionalDouble titleLength() {
        return median(item -> item.title() == null ? null : whole(item.title().length()), any -> true);
    }

    /** Its place by rank among those of the same category, from 1; empty: nobody to compare with. */
    Optional<Place> place() {
        Integer rank = main.rank();
        if (rank == null || main.rankCategory() == null) {
            return Optional.empty();
        }
        List<Integer> ranks = others.stream()
                .filter(other -> Objects.equals(other.rankCategory(), main.rankCategory()))
                .map(Item::rank)
                .filter(Objects::nonNull)
                .toList();
        return ranks.isEmpty()
                ? Optional.empty()
                : Optional.of(new Place(
                        1 + (int) ranks.stream().filter(other -> other < rank).count(), ranks.size() + 1));
    }

    /** @param of how many there are, with the product */
    record Place(int place, int of) {}

    /** By how many per cent it is above the middle, or below. */
    static double percentAbove(BigDecimal value, double middle) {
        return (value.doubleValue() - middle) * 100 / middle;
    }

    private static @Nullable BigDecimal whole(@Nullable Integer number) {
        return number == null ? null : BigDecimal.valueOf(number);
    }

    private OptionalDouble median(Function<Item, @Nullable BigDecimal> value, Predicate<Item> comparable) {
        double[] values = others.stream()
                .filter(comparable)
                .map(value)
                .filter(Objects::nonNull)
                .mapToDouble(number -> Objects.requireNonNull(number).doubleValue())
                .sorted()
                .toArray();
        if (values.length == 0) {
            return OptionalDouble.empty();
        }
        int middle = values.length / 2;
        return OptionalDouble.of(values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2);
    }
}
