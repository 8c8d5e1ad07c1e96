package io.penstock.api.products;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.api.request.ListPage;
import io.penstock.api.request.QueryParameters;
import io.penstock.common.products.InvalidProductException;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Says which problem stands for what product monitoring refuses, and what all its calls have in common. */
final class ProductRefusals {

    private ProductRefusals() {}

    /** @param call may also refuse before it answers with its Uni */
    static <T> Uni<T> told(Supplier<Uni<T>> call) {
        Uni<T> answer = Uni.createFrom().deferred(call::get);
        return answer.onFailure(InvalidProductException.class).transform(failure -> {
            return ProblemException.at(
                    failure.field(), ProblemCode.INVALID_REQUEST, failure.field() + ": " + failure.reason());
        });
    }

    /** The value of a field that must be there. */
    static <T> T present(String field, @Nullable T value) {
        if (value == null) {
            throw ProblemException.at(field, ProblemCode.INVALID_REQUEST, field + ": is missing");
        }
        return value;
    }

    /** What is no number is the id of nothing. */
    static long id(String text, String what) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw none(what);
        }
    }

    static ProblemException none(String what) {
        return ProblemException.of(ProblemCode.NOT_FOUND, "No " + what + " has this id.");
    }

    /** A parameter that is an id. */
    static long place(ListPage page) {
        return page.start(place -> place.number(0)).orElse(0L);
    }

    static @Nullable Long optionalId(QueryParameters parameters, String name) {
        return parameters.text(name).map(text -> number(name, text)).orElse(null);
    }

    private static long number(String name, String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw QueryParameters.invalid(name, name + ": must be a whole number");
        }
    }
}
