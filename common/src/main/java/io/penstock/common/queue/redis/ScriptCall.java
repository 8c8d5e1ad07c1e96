package io.penstock.common.queue.redis;

import io.penstock.common.redis.LuaScript;
import java.util.List;

/** A script with what it takes. */
record ScriptCall(LuaScript script, List<String> keys, List<Object> args) {}
