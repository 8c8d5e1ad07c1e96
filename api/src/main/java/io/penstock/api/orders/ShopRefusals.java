package io.penstock.api.orders;

import io.penstock.api.problem.ProblemCode;
import io.penstock.api.problem.ProblemException;
import io.penstock.common.orders.FilesUnavailableException;
import io.penstock.common.orders.InvalidOrderException;
import io.penstock.common.orders.OrderRefusedException;
import io.smallrye.mutiny.Uni;
import java.util.function.Supplier;

/** Says which problem stands for what the shop refuses. */
final class ShopRefusals {

    private ShopRefusals() {}

    /** @param call may also refuse before it answers with its Uni */
    static <T> Uni<T> told(Supplier<Uni<T>> call) {
        Uni<T> answer = Uni.createFrom().deferred(() -> call.get());
        return answer.onFailure(InvalidOrderException.class)
                .transform(failure -> problem(failure))
                .onFailure(OrderRefusedException.class)
                .transform(failure -> problem(failure))
                .onFailure(FilesUnavailableException.class)
                .transform(failure -> ProblemException.of(ProblemCode.FILES_UNAVAILABLE, failure.said()));
    }

    private static ProblemException problem(InvalidOrderException refused) {
        return ProblemException.at(
                refused.field(), ProblemCode.INVALID_REQUEST, refused.field() + ": " + refused.reason());
    }

    private static ProblemException problem(OrderRefusedException refused) {
        ProblemCode code =
                switch (refused.reason()) {
                    case UNKNOWN -> ProblemCode.NOT_FOUND;
                    case SOLD_OUT -> ProblemCode.SOLD_OUT;
                    case SALE_ENDED -> ProblemCode.SALE_ENDED;
                    case STATE -> ProblemCode.ORDER_STATE;
                    case FILE_STATE -> ProblemCode.FILE_STATE;
                };
        return ProblemException.of(code, refused.said());
    }
}
