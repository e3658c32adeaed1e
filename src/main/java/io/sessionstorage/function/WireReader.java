package io.sessionstorage.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.Resource;
import io.sessionstorage.proto.fn.v1.Resources;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.State;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a request. Its objects become trees at once: protobuf's own classes for JSON would take
 * several times the memory and the time. Protobuf has doubles only: a whole number becomes an
 * integer again, because Kubernetes takes {@code 6379} for a port and not {@code 6379.0}. What
 * nobody asks for ({@link Request#UNREAD}) is left out.
 */
final class WireReader {
  private static final ExtensionRegistryLite NO_EXTENSIONS =
      ExtensionRegistryLite.getEmptyRegistry();
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** Above this a double no longer holds each integer. */
  private static final double LARGEST_EXACT = 1L << 53;

  /** Messages in one another: more than any Kubernetes object needs, and less than a stack has. */
  private static final int DEEPEST = 300;

  // A tag is a field's number and, in its lowest bits, how it is written.
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;

  // An entry of a map is a message.
  private static final int KEY = 1 << 3 | BYTES;
  private static final int VALUE = 2 << 3 | BYTES;

  private final CodedInputStream in;
  private Set<String> unread = Set.of();
  private int depth;

  private WireReader(byte[] message) {
    in = CodedInputStream.newInstance(message);
  }

  /**
   * A {@link RunFunctionRequest}.
   *
   * @throws IOException if the bytes are not one
   */
  static Call call(byte[] message, Instant time) throws IOException {
    return new WireReader(message).call(time);
  }

  /**
   * A {@link Struct}.
   *
   * @throws IOException if the bytes are not one
   */
  static ObjectNode tree(byte[] message) throws IOException {
    WireReader reader = new WireReader(message);
    ObjectNode object = NODES.objectNode();
    reader.structFields(object);
    return object;
  }

  private Call call(Instant time) throws IOException {
    ObjectNode composite = NODES.objectNode();
    ObjectNode input = NODES.objectNode();
    Map<String, JsonNode> observed = new HashMap<>();
    Map<String, List<JsonNode>> extra = new HashMap<>();
    Map<String, List<JsonNode>> required = new HashMap<>();
    RunFunctionRequest.Builder envelope = RunFunctionRequest.newBuilder();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case RunFunctionRequest.OBSERVED_FIELD_NUMBER << 3 | BYTES -> state(composite, observed);
        case RunFunctionRequest.INPUT_FIELD_NUMBER << 3 | BYTES -> struct(input);
        case RunFunctionRequest.EXTRA_RESOURCES_FIELD_NUMBER << 3 | BYTES -> found(extra);
        case RunFunctionRequest.REQUIRED_RESOURCES_FIELD_NUMBER << 3 | BYTES -> found(required);
        case RunFunctionRequest.META_FIELD_NUMBER << 3 | BYTES ->
            in.readMessage(envelope.getMetaBuilder(), NO_EXTENSIONS);
        case RunFunctionRequest.DESIRED_FIELD_NUMBER << 3 | BYTES ->
            in.readMessage(envelope.getDesiredBuilder(), NO_EXTENSIONS);
        case RunFunctionRequest.CONTEXT_FIELD_NUMBER << 3 | BYTES ->
            in.readMessage(envelope.getContextBuilder(), NO_EXTENSIONS);
        default -> skip(tag);
      }
    }
    // Crossplane 1.x answers requirements under their old name.
    extra.putAll(required);
    return new Call(envelope.build(), new Request(composite, input, observed, extra, time));
  }

  private void state(ObjectNode composite, Map<String, JsonNode> resources) throws IOException {
    int end = enter();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case State.COMPOSITE_FIELD_NUMBER << 3 | BYTES -> resource(composite);
        case State.RESOURCES_FIELD_NUMBER << 3 | BYTES -> {
          ObjectNode object = NODES.objectNode();
          resources.put(entry(() -> existing(object)), object);
        }
        default -> skip(tag);
      }
    }
    leave(end);
  }

  private void found(Map<String, List<JsonNode>> found) throws IOException {
    List<JsonNode> items = new ArrayList<>();
    found.put(entry(() -> items(items)), List.copyOf(items));
  }

  private void items(List<JsonNode> items) throws IOException {
    int end = enter();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (Resources.ITEMS_FIELD_NUMBER << 3 | BYTES)) {
        ObjectNode item = NODES.objectNode();
        existing(item);
        items.add(item);
      } else {
        skip(tag);
      }
    }
    leave(end);
  }

  private void existing(ObjectNode object) throws IOException {
    unread = Request.UNREAD;
    resource(object);
    unread = Set.of();
  }

  private void resource(ObjectNode object) throws IOException {
    int end = enter();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (Resource.RESOURCE_FIELD_NUMBER << 3 | BYTES)) {
        struct(object);
      } else {
        skip(tag);
      }
    }
    leave(end);
  }

  private void struct(ObjectNode object) throws IOException {
    int end = enter();
    structFields(object);
    leave(end);
  }

  private void structFields(ObjectNode object) throws IOException {
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (Struct.FIELDS_FIELD_NUMBER << 3 | BYTES)) {
        field(object);
      } else {
        skip(tag);
      }
    }
  }

  private void field(ObjectNode object) throws IOException {
    int end = enter();
    String name = "";
    JsonNode value = NODES.nullNode();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case KEY -> name = in.readStringRequireUtf8();
        case VALUE -> {
          if (unread.contains(name)) {
            skip(tag);
          } else {
            value = value();
          }
        }
        default -> skip(tag);
      }
    }
    if (!unread.contains(name)) {
      object.set(name, value);
    }
    leave(end);
  }

  private JsonNode value() throws IOException {
    int end = enter();
    JsonNode value = NODES.nullNode();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case Value.NULL_VALUE_FIELD_NUMBER << 3 | VARINT -> {
          in.readEnum();
          value = NODES.nullNode();
        }
        case Value.NUMBER_VALUE_FIELD_NUMBER << 3 | FIXED64 -> value = number(in.readDouble());
        case Value.STRING_VALUE_FIELD_NUMBER << 3 | BYTES ->
            value = NODES.textNode(in.readStringRequireUtf8());
        case Value.BOOL_VALUE_FIELD_NUMBER << 3 | VARINT ->
            value = NODES.booleanNode(in.readBool());
        case Value.STRUCT_VALUE_FIELD_NUMBER << 3 | BYTES -> {
          ObjectNode object = NODES.objectNode();
          struct(object);
          value = object;
        }
        case Value.LIST_VALUE_FIELD_NUMBER << 3 | BYTES -> value = list();
        default -> skip(tag);
      }
    }
    leave(end);
    return value;
  }

  private ArrayNode list() throws IOException {
    int end = enter();
    ArrayNode list = NODES.arrayNode();
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      if (tag == (ListValue.VALUES_FIELD_NUMBER << 3 | BYTES)) {
        list.add(value());
      } else {
        skip(tag);
      }
    }
    leave(end);
    return list;
  }

  private static JsonNode number(double number) {
    return number == Math.rint(number) && Math.abs(number) <= LARGEST_EXACT
        ? LongNode.valueOf((long) number)
        : DoubleNode.valueOf(number);
  }

  private interface Part {
    void read() throws IOException;
  }

  /** An entry of a map of messages: reads its value and returns its key. */
  private String entry(Part value) throws IOException {
    int end = enter();
    String key = "";
    for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
      switch (tag) {
        case KEY -> key = in.readStringRequireUtf8();
        case VALUE -> value.read();
        default -> skip(tag);
      }
    }
    leave(end);
    return key;
  }

  private int enter() throws IOException {
    if (++depth > DEEPEST) {
      throw new InvalidProtocolBufferException("too many messages in one another");
    }
    return in.pushLimit(in.readRawVarint32());
  }

  private void leave(int end) {
    in.popLimit(end);
    depth--;
  }

  private void skip(int tag) throws IOException {
    if (!in.skipField(tag)) {
      throw new InvalidProtocolBufferException("a group ends that did not begin");
    }
  }
}
