package io.sessionstorage.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

/**
 * Protobuf's JSON to and from Jackson's. Protobuf has doubles only: a whole number becomes an
 * integer again, because Kubernetes takes {@code 6379} for a port and not {@code 6379.0}.
 */
final class Structs {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

  /** Above this a double no longer holds each integer. */
  private static final double LARGEST_EXACT = 1L << 53;

  private Structs() {}

  static ObjectNode tree(Struct struct) {
    ObjectNode object = NODES.objectNode();
    struct.getFieldsMap().forEach((name, value) -> object.set(name, tree(value)));
    return object;
  }

  private static JsonNode tree(Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> NODES.nullNode();
      case BOOL_VALUE -> NODES.booleanNode(value.getBoolValue());
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> NODES.textNode(value.getStringValue());
      case STRUCT_VALUE -> tree(value.getStructValue());
      case LIST_VALUE -> {
        ArrayNode array = NODES.arrayNode(value.getListValue().getValuesCount());
        value.getListValue().getValuesList().forEach(item -> array.add(tree(item)));
        yield array;
      }
    };
  }

  private static JsonNode number(double number) {
    return number == Math.rint(number) && Math.abs(number) <= LARGEST_EXACT
        ? LongNode.valueOf((long) number)
        : DoubleNode.valueOf(number);
  }

  static Struct struct(JsonNode object) {
    Struct.Builder struct = Struct.newBuilder();
    object.properties().forEach(field -> struct.putFields(field.getKey(), value(field.getValue())));
    return struct.build();
  }

  private static Value value(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> Value.newBuilder().setBoolValue(node.booleanValue()).build();
      case NUMBER -> Value.newBuilder().setNumberValue(node.doubleValue()).build();
      case STRING -> Value.newBuilder().setStringValue(node.textValue()).build();
      case OBJECT -> Value.newBuilder().setStructValue(struct(node)).build();
      case ARRAY -> {
        ListValue.Builder list = ListValue.newBuilder();
        node.forEach(item -> list.addValues(value(item)));
        yield Value.newBuilder().setListValue(list).build();
      }
      case BINARY, MISSING, NULL, POJO -> NULL;
    };
  }
}
