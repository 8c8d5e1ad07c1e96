package io.penstock.common.redis;

import io.penstock.common.loop.EventLoopContext;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.redis.client.Command;
import io.vertx.redis.client.RedisConnection;
import io.vertx.redis.client.Request;
import io.vertx.redis.client.Response;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends over one connection, without waiting for the answers of others.
 *
 * @param context the event loop of the connection
 * @param asking the server imports the slot: every command is preceded by ASKING
 */
record Pipeline(EventLoopContext context, RedisConnection connection, boolean asking) {

    Future<Response> send(Request request) {
        return asking ? batch(List.of(request)).map(replies -> replies.get(0)) : connection.send(request);
    }

    Future<List<Response>> batch(List<Request> requests) {
        return asking ? batchAsking(requests) : batchOnOneLoop(requests);
    }

    Future<List<Response>> transaction(List<Request> requests) {
        Transaction transaction = asking ? Transaction.asking(requests) : Transaction.of(requests);
        return batchOnOneLoop(transaction.commands())
                .transform(result -> result.succeeded()
                        ? transaction.replies(result.result())
                        : Future.failedFuture(transaction.refusal(result.cause())));
    }

    /** By its digest, or by its source where the server does not have it. */
    Future<Response> run(LuaScript script, List<String> keys, List<?> args) {
        return send(call(Command.EVALSHA, script.sha1(), keys, args))
                .recover(failure -> isNoScript(failure)
                        ? send(call(Command.EVAL, script.source(), keys, args))
                        : Future.failedFuture(failure));
    }

    /**
     * The client collects the answers of a batch where the caller is, and without a lock. Where the caller is on no event
     * loop, or on another, errors come on several threads at once and garble one another.
     */
    private Future<List<Response>> batchOnOneLoop(List<Request> requests) {
        if (context.isOnThisLoop()) {
            return connection.batch(requests);
        }
        Promise<List<Response>> answers = context.promise();
        context.runOnContext(turn -> connection.batch(requests).onComplete(answers));
        return answers.future();
    }

    /** ASKING holds for the next command alone: both leave in one write, so that nothing comes between. */
    private Future<List<Response>> batchAsking(List<Request> requests) {
        List<Request> enclosed = new ArrayList<>(2 * requests.size());
        for (Request request : requests) {
            enclosed.add(Request.cmd(Command.ASKING));
            enclosed.add(request);
        }
        return batchOnOneLoop(enclosed).map(replies -> {
            List<Response> answers = new ArrayList<>(requests.size());
            for (int i = 1; i < replies.size(); i += 2) {
                answers.add(replies.get(i));
            }
            return answers;
        });
    }

    private static Request call(Command command, String script, List<String> keys, List<?> args) {
        Request request = Request.cmd(command).arg(script).arg(keys.size());
        for (String key : keys) {
            request.arg(key);
        }
        for (Object arg : args) {
            if (arg instanceof Buffer bytes) {
                request.arg(bytes);
            } else {
                request.arg(arg.toString());
            }
        }
        return request;
    }

    private static boolean isNoScript(Throwable failure) {
        String message = failure.getMessage();
        // Behind ASKING it is the second of a batch.
        return message != null && (message.startsWith("NOSCRIPT") || message.startsWith("ERR [1] NOSCRIPT"));
    }
}
