package io.sessionstorage.compose.plan;

/**
 * The configuration of a server, the same for every Valkey from 8.1 on.
 *
 * @param replicated whether it has replicas, or is one
 * @param tls whether it speaks TLS, and nothing else
 * @param maxmemory bytes
 */
public record ValkeyConf(
    boolean persistent, boolean replicated, boolean tls, long maxmemory, String evictionPolicy) {
  /** Clients show no certificate: they log in with a password. */
  static final String TLS_FILES =
      """
      tls-cert-file /tls/tls.crt
      tls-key-file /tls/tls.key
      tls-ca-cert-file /tls/ca.crt
      tls-auth-clients no
      tls-replication yes
      """;

  private static final String REPLICATION =
      """

      primaryuser replication
      # A primary that is cut off stops to take writes, which nobody would see.
      min-replicas-to-write 1
      min-replicas-max-lag 5
      repl-diskless-sync yes
      repl-diskless-sync-delay 0
      repl-diskless-load on-empty-db
      repl-backlog-size 16mb
      repl-timeout 10
      repl-ping-replica-period 1
      client-output-buffer-limit replica 128mb 64mb 30
      # A primary has handed over before it ends (stop-node.sh), or has no time to wait for replicas, which tell what they have once a second.
      shutdown-timeout 0
      """;

  /** {@code valkey.conf}: what needs a restart. */
  public String valkeyConf() {
    return (tls ? "port 0\ntls-port 6379\n" + TLS_FILES : "port 6379\n")
        + """
        dir /data
        aclfile /acl/users.acl
        include /config/live.conf

        # Sessions are in database 0 only.
        databases 1
        maxclients 10000
        timeout 0
        tcp-keepalive 60
        protected-mode yes
        enable-debug-command no
        enable-module-command no
        enable-protected-configs no

        # Clients must not cost the data their memory, nor the pod its life.
        maxmemory %d
        maxmemory-clients 20%%
        client-query-buffer-limit 32mb
        proto-max-bulk-len 16mb
        client-output-buffer-limit normal 32mb 16mb 30
        client-output-buffer-limit pubsub 8mb 2mb 60

        save ""
        appendonly %s
        appendfsync everysec
        aof-use-rdb-preamble yes
        auto-aof-rewrite-percentage 100
        auto-aof-rewrite-min-size 64mb

        # Below the probes' 3 s: they see a busy script as BUSY, not as silence.
        busy-reply-threshold 2000
        disable-thp yes
        hide-user-data-from-log yes
        always-show-logo no
        """
            .formatted(maxmemory, persistent ? "yes" : "no")
        + (replicated ? REPLICATION : "");
  }

  /** {@code live.conf}: what {@code reload.sh} gives to the running server, a setting a line. */
  public String liveConf() {
    return "maxmemory-policy " + evictionPolicy + "\n";
  }
}
