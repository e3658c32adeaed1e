package io.sessionstorage.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.serve.Structs;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StructsTest {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 13, 21, 34, 55, 89})
  void givesBackWhatItTook(int seed) throws IOException {
    ObjectNode object = object(new Random(seed), 4);

    assertThat(read(object)).isEqualTo(object);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 6379, Integer.MAX_VALUE, 1L << 53, -(1L << 53)})
  void keepsIntegersIntegers(long number) throws IOException {
    ObjectNode object = NODES.objectNode().put("n", number);

    assertThat(read(object).get("n")).hasToString(Long.toString(number));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.5, -1.25, 1e300, 1e-300})
  void keepsFractions(double number) throws IOException {
    ObjectNode object = NODES.objectNode().put("n", number);

    assertThat(read(object).get("n").doubleValue()).isEqualTo(number);
  }

  private static ObjectNode read(ObjectNode object) throws IOException {
    return WireReader.tree(Structs.struct(object).toByteArray());
  }

  private static ObjectNode object(Random random, int depth) {
    ObjectNode object = NODES.objectNode();
    for (int i = random.nextInt(6); i >= 0; i--) {
      object.set("field-" + random.nextInt(100), node(random, depth - 1));
    }
    return object;
  }

  private static JsonNode node(Random random, int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 5)) {
      case 0 -> NODES.nullNode();
      case 1 -> NODES.booleanNode(random.nextBoolean());
      case 2 -> NODES.numberNode((long) random.nextInt());
      case 3 -> NODES.numberNode(random.nextInt() + 0.5);
      case 4 -> NODES.textNode("text \"ä\" \n" + random.nextInt());
      case 5 -> object(random, depth);
      default -> {
        ArrayNode array = NODES.arrayNode();
        for (int i = random.nextInt(4); i > 0; i--) {
          array.add(node(random, depth - 1));
        }
        yield array;
      }
    };
  }
}
