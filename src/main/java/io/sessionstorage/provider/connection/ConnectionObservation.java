package io.sessionstorage.provider.connection;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What was seen of an endpoint: nothing that is another at every look. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConnectionObservation(
    @JsonPropertyDescription("Where the store is.") Endpoint endpoint,
    @JsonPropertyDescription("valkey, redis, or what else it calls itself.") String server,
    @JsonPropertyDescription("Its version.") @Nullable String version,
    @JsonPropertyDescription("standalone, sentinel or cluster.") @Nullable String mode,
    @JsonPropertyDescription("master or replica.") @Nullable String role,
    @JsonPropertyDescription("The user that logs in.") @Nullable String user,
    @JsonPropertyDescription("What it does when it is full (maxmemory-policy).")
        @Nullable String evictionPolicy,
    @JsonPropertyDescription("Its limit in bytes (maxmemory); 0 is none.")
        @Nullable String maxMemory,
    @JsonPropertyDescription("What it keeps on disk: AOF, RDB or None.")
        @Nullable String persistence,
    @JsonPropertyDescription("Which commands the user may call.") @Nullable Commands commands,
    @JsonPropertyDescription("When its certificate expires.")
        @Nullable String certificateNotAfter) {

  /** Where a store is. */
  public record Endpoint(
      @JsonPropertyDescription("Its name or address.") String host,
      @JsonPropertyDescription("Its port.") int port,
      @JsonPropertyDescription("The number of the database.") int db,
      @JsonPropertyDescription("Whether it speaks TLS.") boolean tls) {}

  /** Which commands the user may call. */
  public record Commands(
      @JsonPropertyDescription("How it was found out.") String checkedBy,
      @JsonPropertyDescription("Those that it may not call, or the server does not have.")
          List<String> missing) {}

  static ConnectionObservation of(Seen seen) {
    io.sessionstorage.valkey.Endpoint endpoint = seen.endpoint();
    List<String> missing =
        Stream.concat(seen.commands().denied().stream(), seen.commands().missing().stream())
            .toList();
    return new ConnectionObservation(
        new Endpoint(endpoint.host(), endpoint.port(), endpoint.db(), endpoint.tls()),
        seen.server(),
        given(seen.version()),
        given(seen.mode()),
        given(seen.role()),
        seen.login(),
        given(seen.info("maxmemory_policy")),
        given(seen.info("maxmemory")),
        persistence(seen).orElse(null),
        "sentinel".equals(seen.mode())
            ? null
            : new Commands(seen.commands().source().text(), missing),
        seen.notAfter() == null ? null : seen.notAfter().toString());
  }

  private static Optional<String> persistence(Seen seen) {
    if ("1".equals(seen.info("aof_enabled"))) {
      return Optional.of("AOF");
    }
    return Optional.ofNullable(seen.save()).map(save -> save.isEmpty() ? "None" : "RDB");
  }

  private static @Nullable String given(String text) {
    return text.isEmpty() ? null : text;
  }
}
