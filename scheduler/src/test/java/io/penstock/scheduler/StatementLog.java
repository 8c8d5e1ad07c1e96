package io.penstock.scheduler;

import io.vertx.core.Future;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Stands before a pool and writes down each statement that goes to the server, begin and end of transactions too. */
final class StatementLog {

    private final List<String> statements = Collections.synchronizedList(new ArrayList<>());
    private final Pool pool;

    StatementLog(Pool real) {
        pool = Pool.newInstance(watched(real.getDelegate(), io.vertx.sqlclient.Pool.class));
    }

    Pool pool() {
        return pool;
    }

    /** What was written down since the last call. */
    List<String> take() {
        synchronized (statements) {
            List<String> taken = List.copyOf(statements);
            statements.clear();
            return taken;
        }
    }

    private <T> T watched(Object target, Class<T> as) {
        InvocationHandler handler = (proxy, method, args) -> answer(proxy, target, method, args);
        return as.cast(Proxy.newProxyInstance(as.getClassLoader(), new Class<?>[] {as}, handler));
    }

    private Object answer(Object proxy, Object target, Method method, Object[] args) throws Throwable {
        switch (method.getName()) {
            case "withTransaction" -> {
                // The default method works on this proxy, so that the connection it takes is watched as well.
                return InvocationHandler.invokeDefault(proxy, method, args);
            }
            case "query" -> {
                return executions(call(target, method, args), Query.class, (String) args[0]);
            }
            case "preparedQuery" -> {
                return executions(call(target, method, args), PreparedQuery.class, (String) args[0]);
            }
            case "getConnection" -> {
                return ((Future<?>) call(target, method, args))
                        .map(connection -> watched(connection, SqlConnection.class));
            }
            case "begin" -> {
                statements.add("BEGIN");
                return ((Future<?>) call(target, method, args)).map(begun -> watched(begun, Transaction.class));
            }
            case "commit", "rollback" -> {
                statements.add(method.getName().toUpperCase(Locale.ROOT));
                return call(target, method, args);
            }
            default -> {
                return call(target, method, args);
            }
        }
    }

    private Object executions(Object query, Class<?> as, String sql) {
        InvocationHandler handler = (proxy, method, args) -> {
            if (method.getName().startsWith("execute")) {
                statements.add(sql);
            }
            return call(query, method, args);
        };
        return Proxy.newProxyInstance(as.getClassLoader(), new Class<?>[] {as}, handler);
    }

    private static Object call(Object target, Method method, Object[] args) throws Throwable {
        try {
            return method.invoke(target, args);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
