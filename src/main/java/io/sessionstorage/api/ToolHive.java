package io.sessionstorage.api;

import java.util.List;

/** What ToolHive does with a store, found in its code and tried with it. */
public final class ToolHive {
  /** What all its keys begin with. */
  public static final String KEYS = "thv:";

  /** What the proxies call, for sessions and for rate limits, also inside their scripts. */
  public static final List<String> SESSION_COMMANDS =
      List.of(
          "ping",
          "client|setinfo",
          "get",
          "set",
          "getex",
          "del",
          "eval",
          "evalsha",
          "hmget",
          "hset",
          "expire",
          "pexpire",
          "time");

  /** What the embedded authorization server calls, also inside its scripts. */
  public static final List<String> AUTH_SERVER_COMMANDS =
      List.of(
          "ping",
          "client|setinfo",
          "get",
          "set",
          "del",
          "exists",
          "expire",
          "ttl",
          "mget",
          "sadd",
          "srem",
          "smembers",
          "scan",
          "watch",
          "unwatch",
          "exec",
          "discard",
          "multi",
          "eval",
          "evalsha",
          "persist",
          "pexpire",
          "pttl",
          "type",
          "hsetnx",
          "zadd",
          "zrem",
          "zcard",
          "zcount",
          "zrange",
          "zremrangebyscore");

  private ToolHive() {}
}
