package io.sessionstorage.provider.connection;

import io.sessionstorage.provider.connection.Finding.About;
import io.sessionstorage.valkey.Login;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is wrong with a server for ToolHive, from what a look at it showed. Pure. */
final class Checks {
  /** Of maxmemory, in percent. */
  private static final int NEARLY_FULL = 90;

  /** Of maxclients, in percent. */
  private static final int CROWDED = 80;

  /** How long before its end a certificate should have been renewed. */
  private static final Duration CERTIFICATE_WARNING = Duration.ofDays(21);

  private final Seen seen;
  private final Instant now;
  private final String address;
  private final List<Finding> findings = new ArrayList<>();

  private Checks(Seen seen, Instant now) {
    this.seen = seen;
    this.now = now;
    this.address = seen.endpoint().address();
  }

  /** Everything that is wrong. */
  static List<Finding> of(Seen seen, Instant now) {
    Checks checks = new Checks(seen, now);
    checks.role();
    if (!"sentinel".equals(seen.mode())) {
      checks.write();
      checks.commands();
      checks.version();
      checks.persistence();
      checks.memory();
      checks.access();
    }
    checks.certificate();
    return List.copyOf(checks.findings);
  }

  private void role() {
    if ("sentinel".equals(seen.mode())) {
      add(
          Finding.error(
              About.PRIMARY,
              "Sentinel",
              address
                  + " is a Sentinel, which keeps no data and which ToolHive's sessions cannot ask. Point the endpoint to the"
                  + " primary, or to a Service or proxy that follows it."));
    }
    if ("cluster".equals(seen.mode())) {
      add(
          Finding.error(
              About.PRIMARY,
              "ClusterNode",
              address
                  + " is a node of a cluster, and ToolHive's sessions would reach a part of the keys only. Use a store with"
                  + " cluster-enabled no."));
    }
    if ("replica".equals(seen.role())) {
      String primary =
          seen.info("master_host").isEmpty()
              ? "another server"
              : seen.info("master_host") + ":" + seen.info("master_port");
      add(
          Finding.error(
              About.PRIMARY,
              "Replica",
              "%s is a replica of %s, and ToolHive writes in every request. Point the endpoint to the primary, or to a Service or proxy that follows it."
                  .formatted(address, primary)));
    }
  }

  private void write() {
    String error = seen.write().error();
    if (error != null && findings.isEmpty()) {
      add(refused(error));
    }
  }

  private Finding refused(String error) {
    String code = error.split(" ", 2)[0];
    return switch (code) {
      case "READONLY" ->
          Finding.error(
              About.PRIMARY,
              "ReadOnly",
              address
                  + " takes no writes: it is a replica. Point the endpoint to the primary, or to a Service or proxy that"
                  + " follows it.");
      case "LOADING" ->
          Finding.error(
              About.PRIMARY,
              "Loading",
              address
                  + " is loading its data set after a start. Wait; the time depends on its size.");
      case "MASTERDOWN" ->
          Finding.error(
              About.PRIMARY,
              "PrimaryDown",
              address
                  + " is a replica that has lost its primary. Point the endpoint to the primary.");
      case "OOM" ->
          Finding.error(
              About.MEMORY,
              "OutOfMemory",
              address
                  + " is full and refuses writes. Raise maxmemory, or set maxmemory-policy to volatile-ttl: all sessions have"
                  + " an expiry.");
      case "MISCONF" ->
          Finding.error(
              About.PERSISTENCE,
              "PersistenceFailing",
              address
                  + " refuses writes because it cannot save to disk. Free its disk, and look for the cause in its log.");
      case "NOREPLICAS" ->
          Finding.error(
              About.PRIMARY,
              "NotEnoughReplicas",
              address
                  + " refuses writes because fewer replicas are connected than min-replicas-to-write asks for. Bring them"
                  + " back.");
      case "CLUSTERDOWN", "MOVED" ->
          Finding.error(
              About.PRIMARY,
              "ClusterNode",
              address + " is a node of a cluster. Use a store with cluster-enabled no.");
      default ->
          Finding.error(
              About.PRIMARY,
              "WriteRefused",
              "%s refuses to write: %s. Look for the cause in its log.".formatted(address, error));
    };
  }

  private void commands() {
    Seen.Commands commands = seen.commands();
    String user = seen.login() == null ? Login.DEFAULT_USER : seen.login();
    if (!commands.missing().isEmpty()) {
      add(
          Finding.error(
              About.VERSION,
              "CommandsMissing",
              "%s does not know %s. Use Valkey, or Redis 6.2 or newer, and rename no commands."
                  .formatted(address, String.join(", ", commands.missing()))));
    }
    if (!commands.denied().isEmpty()) {
      add(
          Finding.error(
              About.COMMANDS,
              "CommandsDenied",
              "User %s may not call %s on %s. Allow them: ACL SETUSER %1$s +%s"
                  .formatted(
                      user,
                      String.join(", ", commands.denied()),
                      address,
                      String.join(" +", commands.denied()))));
    }
    if (commands.keysDenied()) {
      add(
          Finding.error(
              About.COMMANDS,
              "KeysDenied",
              "User %s may not use the keys that begin with spec.forProvider.keyPrefix on %s. Allow them: ACL SETUSER %1$s ~PREFIX*"
                  .formatted(user, address)));
    }
    if (!commands.untold().isEmpty()) {
      add(
          Finding.unknown(
              About.COMMANDS,
              "NotChecked",
              "User %s may not call ACL DRYRUN, and spec.forProvider.checks.write is false, so nobody knows whether it may call %s. Allow +acl|whoami +acl|dryrun, or the writing of a probe key."
                  .formatted(user, String.join(", ", commands.untold()))));
    }
  }

  private void version() {
    int[] version = numbers(seen.version());
    if (version.length > 1 && (version[0] < 6 || (version[0] == 6 && version[1] < 2))) {
      add(
          Finding.error(
              About.VERSION,
              "TooOld",
              "%s is version %s, and ToolHive needs GETEX, which came with Redis 6.2. Upgrade it, best to Valkey."
                  .formatted(address, seen.version())));
    }
  }

  private static int[] numbers(String version) {
    return version.matches("\\d{1,6}(\\.\\d{1,6})+.*")
        ? List.of(version.split("[^0-9]+")).stream().limit(2).mapToInt(Integer::parseInt).toArray()
        : new int[0];
  }

  private void persistence() {
    if (seen.info().isEmpty()) {
      add(notPermitted(About.PERSISTENCE, "info", "whether it keeps its data"));
      return;
    }
    boolean appends = "1".equals(seen.info("aof_enabled"));
    boolean appendFailed = appends && "err".equals(seen.info("aof_last_write_status"));
    if (appendFailed || "err".equals(seen.info("rdb_last_bgsave_status"))) {
      add(
          Finding.warning(
              About.PERSISTENCE,
              "LastSaveFailed",
              address
                  + " could not save its data the last time. Free its disk, and look for the cause in its log."));
    }
    if (!appends && seen.save() != null && seen.save().isEmpty()) {
      add(
          Finding.warning(
              About.PERSISTENCE,
              "NotPersistent",
              address
                  + " keeps nothing on disk: a restart ends all sessions. Set appendonly yes if they are to survive it."));
    }
  }

  private void memory() {
    if (seen.info().isEmpty()) {
      add(notPermitted(About.MEMORY, "info", "how full it is"));
      return;
    }
    long limit = seen.number("maxmemory");
    long used = seen.number("used_memory");
    boolean evicts = !"noeviction".equals(seen.info("maxmemory_policy"));
    if (limit == 0) {
      add(
          Finding.warning(
              About.MEMORY,
              "Unlimited",
              address
                  + " has no maxmemory: it grows until the system stops it. Set maxmemory, and maxmemory-policy volatile-ttl."));
    } else if (!evicts && limit > 0 && used * 100 / limit >= NEARLY_FULL) {
      add(
          Finding.warning(
              About.MEMORY,
              "NearlyFull",
              "%s has used more than %d %% of maxmemory and will refuse writes when it is full. Raise maxmemory, or set maxmemory-policy to volatile-ttl."
                  .formatted(address, NEARLY_FULL)));
    } else if (!evicts) {
      add(
          Finding.warning(
              About.MEMORY,
              "NoEviction",
              address
                  + " refuses writes when it is full. Set maxmemory-policy to volatile-ttl: sessions have an expiry, and those"
                  + " that expire next go first."));
    }
    long clients = seen.number("maxclients");
    if (clients > 0 && seen.number("connected_clients") * 100 / clients >= CROWDED) {
      add(
          Finding.warning(
              About.PRIMARY,
              "Crowded",
              "%s has used more than %d %% of maxclients. Raise it: ToolHive opens ten connections for each CPU of each proxy."
                  .formatted(address, CROWDED)));
    }
  }

  private void access() {
    if (seen.anonymous()) {
      add(
          Finding.warning(
              About.ACCESS,
              "NoPassword",
              address
                  + " asks for no password: whoever reaches it can read and redirect all sessions. Give it one, and put it into"
                  + " the credentials of the provider config."));
    }
  }

  private void certificate() {
    Instant end = seen.notAfter();
    if (end != null && now.isAfter(end.minus(CERTIFICATE_WARNING))) {
      add(
          Finding.warning(
              About.TLS,
              "ExpiresSoon",
              "The certificate of %s expires at %s. Renew it.".formatted(address, end)));
    }
  }

  private Finding notPermitted(About about, String command, @Nullable String what) {
    return Finding.unknown(
        about,
        "NotPermitted",
        "The user may not call %s on %s, so nobody knows %s. Allow it with +%1$s, or watch the server in another way."
            .formatted(command, address, what));
  }

  private void add(Finding finding) {
    findings.add(finding);
  }
}
