package io.sessionstorage.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * An MCP server of ToolHive that is to keep its sessions in the store. It is in the
 * SessionStorage's namespace: who may write that object need not be allowed to change those of
 * others.
 */
public record Consumer(String kind, String name) {
  /** ToolHive's kinds that keep sessions. */
  public static final Set<String> KINDS = Set.of("MCPServer", "MCPRemoteProxy", "VirtualMCPServer");

  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

  /** What {@code spec.consumers} names, in its order. */
  static List<Consumer> read(Fields spec) {
    List<Consumer> consumers = new ArrayList<>();
    for (Fields fields : spec.objects("consumers")) {
      fields.only(Set.of("kind", "name"));
      String kind = fields.oneOf("kind", KINDS);
      String name = fields.text("name", NAME, "is no name of an MCP server");
      for (String field : List.of("kind", "name")) {
        if (!fields.has(field)) {
          fields.problem(field, "is missing");
        }
      }
      if (kind != null && name != null) {
        Consumer consumer = new Consumer(kind, name);
        if (consumers.contains(consumer)) {
          fields.problem("name", "%s is there twice: remove one".formatted(consumer));
        }
        consumers.add(consumer);
      }
    }
    return List.copyOf(consumers);
  }

  @Override
  public String toString() {
    return kind + " " + name;
  }
}
