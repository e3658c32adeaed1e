package io.sessionstorage.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one object of untrusted input; what is wrong with them goes to a list that all of
 * its parts share.
 */
final class Fields {
  private static final Pattern QUANTITY =
      Pattern.compile("[0-9]{1,15}(\\.[0-9]{1,9})?(m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei)?");

  private static final Pattern DURATION =
      Pattern.compile("(?=.)([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?");

  private final JsonNode node;
  private final String path;
  private final List<Problem> problems;

  private Fields(JsonNode node, String path, List<Problem> problems) {
    this.node = node;
    this.path = path;
    this.problems = problems;
  }

  /**
   * The fields of {@code node}.
   *
   * @param path prefix of every problem's path; empty for the object's root
   */
  static Fields of(JsonNode node, String path, List<Problem> problems) {
    return new Fields(node, path, problems).object();
  }

  private Fields object() {
    if (!node.isMissingNode() && !node.isNull() && !node.isObject()) {
      problems.add(new Problem(path, "must be an object"));
      return new Fields(MissingNode.getInstance(), path, problems);
    }
    return this;
  }

  private String at(String name) {
    return path.isEmpty() ? name : path + "." + name;
  }

  void problem(String name, String message) {
    problems.add(new Problem(at(name), message));
  }

  /** Reports each field that is not in {@code names}. */
  Fields only(Set<String> names) {
    return only(names, Set.of());
  }

  /**
   * Reports each field that is neither in {@code names} nor in {@code others}, which no message
   * mentions.
   */
  Fields only(Set<String> names, Set<String> others) {
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!names.contains(name) && !others.contains(name)) {
                problem(
                    name,
                    "unknown field; known are "
                        + String.join(", ", names.stream().sorted().toList()));
              }
            });
    return this;
  }

  boolean has(String name) {
    return node.hasNonNull(name);
  }

  Fields object(String name) {
    return new Fields(node.path(name), at(name), problems).object();
  }

  @Nullable String text(String name) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isTextual()) {
      problem(name, "must be a string, in quotes");
      return null;
    }
    return value.textValue();
  }

  @Nullable String text(String name, Pattern pattern, String expectation) {
    String value = text(name);
    if (value != null && !pattern.matcher(value).matches()) {
      problem(name, "\"" + value + "\" " + expectation);
      return null;
    }
    return value;
  }

  @Nullable String oneOf(String name, Set<String> allowed) {
    String value = text(name);
    if (value != null && !allowed.contains(value)) {
      problem(name, unknown(value, allowed));
      return null;
    }
    return value;
  }

  private static String unknown(String value, Set<String> allowed) {
    return "\""
        + value
        + "\" is unknown; use one of "
        + String.join(", ", allowed.stream().sorted().toList());
  }

  boolean flag(String name, boolean otherwise) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return otherwise;
    }
    if (!value.isBoolean()) {
      problem(name, "must be true or false, without quotes");
      return otherwise;
    }
    return value.booleanValue();
  }

  /** A whole number from {@code least} to {@code most}. */
  @Nullable Integer number(String name, int least, int most) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    if (!value.isIntegralNumber() || value.asLong() < least || value.asLong() > most) {
      problem(name, "must be a whole number from %d to %d".formatted(least, most));
      return null;
    }
    return value.asInt();
  }

  /** A Kubernetes quantity from {@code least} to {@code most}. */
  @Nullable Quantity quantity(String name, String least, String most) {
    JsonNode value = node.path(name);
    if (value.isMissingNode() || value.isNull()) {
      return null;
    }
    String text = value.isTextual() || value.isIntegralNumber() ? value.asText() : "";
    if (!QUANTITY.matcher(text).matches()) {
      problem(name, "must be a quantity such as " + least);
      return null;
    }
    Quantity quantity = new Quantity(text);
    if (amount(quantity).compareTo(amount(new Quantity(least))) < 0) {
      problem(name, text + " is too little; use " + least + " or more");
      return null;
    }
    if (amount(quantity).compareTo(amount(new Quantity(most))) > 0) {
      problem(name, text + " is too much; use " + most + " or less");
      return null;
    }
    return quantity;
  }

  /** A duration as Go writes it, such as 90m or 1h30m, from {@code least} to {@code most}. */
  @Nullable Duration duration(String name, String least, String most) {
    String text = text(name, DURATION, "must be a duration such as 720h or 90m");
    if (text == null) {
      return null;
    }
    Duration duration = duration(text);
    if (duration.compareTo(duration(least)) < 0) {
      problem(name, text + " is too short; use " + least + " or more");
      return null;
    }
    if (duration.compareTo(duration(most)) > 0) {
      problem(name, text + " is too long; use " + most + " or less");
      return null;
    }
    return duration;
  }

  private static Duration duration(String text) {
    return Duration.parse("PT" + text.toUpperCase(Locale.ROOT));
  }

  private static BigDecimal amount(Quantity quantity) {
    return quantity.getNumericalAmount();
  }

  /** The strings of a list; empty if it is absent. */
  List<String> texts(String name, Pattern pattern, String expectation) {
    List<String> result = new ArrayList<>();
    each(
        name,
        (item, at) -> {
          if (!item.isTextual() || !pattern.matcher(item.textValue()).matches()) {
            problems.add(
                new Problem(at, (item.isTextual() ? item.toString() + " " : "") + expectation));
          } else if (result.contains(item.textValue())) {
            problems.add(new Problem(at, item + " is there twice: remove one"));
          } else {
            result.add(item.textValue());
          }
        });
    return List.copyOf(result);
  }

  /** The strings of a list of known words; null if it is absent. */
  @Nullable Set<String> anyOf(String name, Set<String> allowed) {
    if (!has(name)) {
      return null;
    }
    List<String> values = texts(name, Pattern.compile(".*"), "must be a string, in quotes");
    values.stream()
        .filter(value -> !allowed.contains(value))
        .forEach(value -> problem(name, unknown(value, allowed)));
    return Set.copyOf(values);
  }

  List<Fields> objects(String name) {
    List<Fields> result = new ArrayList<>();
    each(name, (item, at) -> result.add(new Fields(item, at, problems).object()));
    return result;
  }

  private void each(String name, BiConsumer<JsonNode, String> action) {
    JsonNode list = node.path(name);
    if (list.isMissingNode() || list.isNull()) {
      return;
    }
    if (!list.isArray()) {
      problem(name, "must be a list");
      return;
    }
    for (int i = 0; i < list.size(); i++) {
      action.accept(list.get(i), at(name) + "[" + i + "]");
    }
  }

  /** A map of strings, in the order in which it is written; empty if it is absent. */
  Map<String, String> map(String name) {
    Map<String, String> result = new LinkedHashMap<>();
    JsonNode map = node.path(name);
    if (!map.isMissingNode() && !map.isNull() && !map.isObject()) {
      problem(name, "must be a map of strings");
    }
    map.properties()
        .forEach(
            entry -> {
              if (entry.getValue().isTextual()) {
                result.put(entry.getKey(), entry.getValue().textValue());
              } else {
                problem(name + "." + entry.getKey(), "must be a string, in quotes");
              }
            });
    return result;
  }
}
