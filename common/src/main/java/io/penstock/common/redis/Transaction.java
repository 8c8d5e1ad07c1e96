package io.penstock.common.redis;

import io.vertx.core.Future;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import io.vertx.redis.client.ResponseType;
import io.vertx.redis.client.impl.types.ErrorType;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;

/**
 * Commands between MULTI and EXEC, sent in one write. Redis refuses a command when it comes, and then the whole
 * transaction at EXEC; so the first refusal is the one that tells why.
 *
 * @param commands with all that makes a transaction of them
 */
record Transaction(List<Request> commands) {

    static Transaction of(List<Request> requests) {
        List<Request> commands = new ArrayList<>(requests.size() + 2);
        enclose(requests, commands);
        return new Transaction(commands);
    }

    /** For a node that imports the slot. Between MULTI and EXEC one ASKING holds for all. */
    static Transaction asking(List<Request> requests) {
        List<Request> commands = new ArrayList<>(requests.size() + 3);
        commands.add(Request.cmd(Command.ASKING));
        enclose(requests, commands);
        return new Transaction(commands);
    }

    private static void enclose(List<Request> requests, List<Request> commands) {
        commands.add(Request.cmd(Command.MULTI));
        commands.addAll(requests);
        commands.add(Request.cmd(Command.EXEC));
    }

    /** @param answers to all commands; the last one brings the replies */
    Future<List<Response>> replies(List<Response> answers) {
        List<Response> replies = new ArrayList<>(commands.size());
        List<Response> errors = new ArrayList<>();
        for (Response reply : answers.get(answers.size() - 1)) {
            replies.add(reply);
            if (reply != null && reply.type() == ResponseType.ERROR) {
                errors.add(reply);
            }
        }
        if (errors.isEmpty()) {
            return Future.succeededFuture(replies);
        }
        String first = errors.get(0).toString();
        return Future.failedFuture(
                errors.size() == replies.size()
                        ? ErrorType.create(first)
                        : new IllegalStateException("Redis could run only a part of a transaction: " + first));
    }

    /** Why nothing was run; or, where the connection broke, the failure as it is. */
    Throwable refusal(Throwable failure) {
        Matcher first = Refusal.IN_BATCH.matcher(
                String.valueOf(failure.getMessage()).lines().findFirst().orElse(""));
        return first.matches() ? ErrorType.create(first.group(1)) : failure;
    }
}
