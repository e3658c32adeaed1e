package io.sessionstorage.provider.binding;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * Who uses which store.
 *
 * @param storageRef null: {@code connectionRef} says which
 * @param connectionRef null: {@code storageRef} says which
 * @param keyPrefix null: one of its own
 * @param force null: false
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.storageRef) != has(self.connectionRef)",
    message = "set either storageRef, to a SessionStorage, or connectionRef, to a Connection")
public record BindingParameters(
    @Required @JsonPropertyDescription("The MCP server, in the same namespace.") Consumer consumer,
    @JsonPropertyDescription("The SessionStorage to use.") @Nullable StorageReference storageRef,
    @JsonPropertyDescription("The Connection to use, in the same namespace.")
        @Nullable ConnectionReference connectionRef,
    @JsonPropertyDescription(
            "What the keys of its sessions begin with: thv: and a colon at the end. Unless said, one that no other MCP server has.")
        @Pattern("^thv:([A-Za-z0-9._-]+:)+$")
        @Nullable String keyPrefix,
    @JsonPropertyDescription(
            "Take spec.sessionStorage over from whoever has set it. Without it, that is reported and left alone.")
        @Nullable Boolean force) {
  /** An MCP server. */
  public record Consumer(
      @Required @JsonPropertyDescription("Its kind.") ConsumerKind kind,
      @Required @JsonPropertyDescription("Its name.") String name) {}

  /** ToolHive's kinds that keep sessions. */
  public enum ConsumerKind {
    /** A proxy before a server that ToolHive runs. */
    @JsonProperty("MCPServer")
    MCP_SERVER("MCPServer", "mcpservers", "proxy"),
    /** A proxy before a server elsewhere. */
    @JsonProperty("MCPRemoteProxy")
    MCP_REMOTE_PROXY("MCPRemoteProxy", "mcpremoteproxies", "proxy"),
    /** Several servers as one. */
    @JsonProperty("VirtualMCPServer")
    VIRTUAL_MCP_SERVER("VirtualMCPServer", "virtualmcpservers", "vmcp");

    private final String kind;
    private final String plural;
    private final String part;

    ConsumerKind(String kind, String plural, String part) {
      this.kind = kind;
      this.plural = plural;
      this.part = part;
    }

    /** As Kubernetes names it. */
    String kind() {
      return kind;
    }

    String plural() {
      return plural;
    }

    /** ToolHive's name of what keeps the sessions, in the prefix of their keys. */
    String part() {
      return part;
    }
  }

  /** A SessionStorage. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record StorageReference(
      @Required @JsonPropertyDescription("Its name.") String name,
      @JsonPropertyDescription(
              "Its namespace. One other than the Binding's must be let in by the SessionStorage's spec.network.allowedNamespaces.")
          @Nullable String namespace) {}

  /** A Connection. */
  public record ConnectionReference(@Required @JsonPropertyDescription("Its name.") String name) {}

  /** The prefix of the consumer's keys. */
  String prefix(String namespace) {
    return keyPrefix != null
        ? keyPrefix
        : "thv:%s:session:%s:%s:".formatted(consumer.kind().part(), namespace, consumer.name());
  }

  boolean forced() {
    return Boolean.TRUE.equals(force);
  }
}
