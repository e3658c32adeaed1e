package io.sessionstorage.valkey;

/** Why a server cannot be used. */
public enum Failure {
  UNKNOWN_HOST("UnknownHost", "Check the endpoint's host: it must resolve inside the cluster."),
  UNREACHABLE(
      "Unreachable",
      "Check host and port, that the store runs, and that no NetworkPolicy or firewall is in between."),
  TIMEOUT(
      "TimedOut",
      "Check that it is the store that listens there, and that it is neither overloaded nor stopped."),
  CLOSED(
      "ConnectionClosed", "Check the store's log, and any proxy or service mesh in front of it."),
  TLS_REQUIRED("TLSRequired", "Use rediss:// (tls.enabled: true), or the store's plaintext port."),
  NOT_TLS("NotTLS", "Use redis:// (tls.enabled: false), or the store's TLS port."),
  UNTRUSTED(
      "CertificateUntrusted",
      "Put the CA that signed it into the CA Secret of the provider config."),
  EXPIRED("CertificateExpired", "Renew the store's certificate."),
  WRONG_NAME(
      "CertificateNameMismatch",
      "Use one of these names as host, set the server name of the provider config to one of them, or have the certificate made for this host."),
  CLIENT_CERTIFICATE(
      "ClientCertificateRefused",
      "Give the provider config a client certificate that the store accepts, or set tls-auth-clients no: ToolHive's sessions cannot present one."),
  TLS_FAILED("TLSFailed", "Check the TLS versions and ciphers of the store."),
  BAD_SETTINGS("BadSettings", "Correct the Secret that the provider config names."),
  NOT_VALKEY(
      "NotValkey", "Check the port: something else than a Valkey or Redis server listens there."),
  WRONG_PASSWORD("WrongPassword", "Correct user name and password in the credentials Secret."),
  NO_PASSWORD(
      "PasswordRequired", "Give the provider config credentials: source Secret, with a password."),
  PROTECTED_MODE(
      "ProtectedMode", "Set a password on the store, or a bind address and protected-mode no."),
  LOADING("Loading", "Wait: it loads its data set after a start."),
  MAX_CLIENTS("MaxClientsReached", "Raise maxclients, or find the client that opens so many."),
  NOT_PERMITTED("NotPermitted", "Grant it to the user with ACL SETUSER."),
  READ_ONLY(
      "ReadOnly",
      "Point the endpoint to the primary, or to a Service or proxy that follows the primary."),
  OUT_OF_MEMORY(
      "OutOfMemory", "Raise maxmemory, or choose an eviction policy such as volatile-ttl."),
  MISCONFIGURED("PersistenceFailing", "Free its disk, then look for the cause in the store's log."),
  PRIMARY_DOWN(
      "PrimaryDown", "Point the endpoint to the primary, and check the replication between them."),
  CLUSTER("ClusterNode", "ToolHive speaks to one node only: use a store with cluster-enabled no."),
  BUSY("Busy", "End the script that runs for so long: SCRIPT KILL."),
  REFUSED("CommandFailed", "Look for the cause in the store's log.");

  private final String reason;
  private final String remedy;

  Failure(String reason, String remedy) {
    this.reason = reason;
    this.remedy = remedy;
  }

  /** One CamelCase word, for conditions and events. */
  public String reason() {
    return reason;
  }

  /** What to do, in one sentence. */
  public String remedy() {
    return remedy;
  }

  /** Whether the connection, not just the command, is of no use any more. */
  boolean ofConnection() {
    return switch (this) {
      case NOT_PERMITTED, READ_ONLY, OUT_OF_MEMORY, MISCONFIGURED, PRIMARY_DOWN, CLUSTER, BUSY ->
          false;
      case REFUSED, LOADING -> false;
      default -> true;
    };
  }

  /** What an error reply means; the first word of it is the code. */
  static Failure of(String error) {
    String code = error.substring(0, error.indexOf(' ') < 0 ? error.length() : error.indexOf(' '));
    return switch (code) {
      case "WRONGPASS" -> WRONG_PASSWORD;
      case "NOAUTH" -> NO_PASSWORD;
      case "DENIED" -> PROTECTED_MODE;
      case "LOADING" -> LOADING;
      case "NOPERM" -> NOT_PERMITTED;
      case "READONLY" -> READ_ONLY;
      case "OOM" -> OUT_OF_MEMORY;
      case "MISCONF" -> MISCONFIGURED;
      case "MASTERDOWN" -> PRIMARY_DOWN;
      case "MOVED", "CLUSTERDOWN", "ASK" -> CLUSTER;
      case "BUSY" -> BUSY;
      default -> error.startsWith("ERR max number of clients") ? MAX_CLIENTS : REFUSED;
    };
  }
}
