package io.sessionstorage.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

/** Jackson's JSON as protobuf's. */
public final class Structs {
  private static final Value NULL = Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();

  private Structs() {}

  /** An object. */
  public static Struct struct(JsonNode object) {
    Struct.Builder struct = Struct.newBuilder();
    object.properties().forEach(field -> struct.putFields(field.getKey(), value(field.getValue())));
    return struct.build();
  }

  private static Value value(JsonNode node) {
    return switch (node.getNodeType()) {
      case BOOLEAN -> Value.newBuilder().setBoolValue(node.booleanValue()).build();
      case NUMBER -> Value.newBuilder().setNumberValue(node.doubleValue()).build();
      case STRING -> text(node.textValue());
      case OBJECT -> Value.newBuilder().setStructValue(struct(node)).build();
      case ARRAY -> {
        ListValue.Builder list = ListValue.newBuilder();
        node.forEach(item -> list.addValues(value(item)));
        yield Value.newBuilder().setListValue(list).build();
      }
      case BINARY, MISSING, NULL, POJO -> NULL;
    };
  }

  /** As bytes, which are encoded once and not each time that the message is written. */
  private static Value text(String text) {
    return Value.newBuilder().setStringValueBytes(ByteString.copyFromUtf8(text)).build();
  }
}
