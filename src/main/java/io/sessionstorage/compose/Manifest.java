package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A finished object, which several answers share: not to be changed. */
public final class Manifest {
  private final ObjectNode tree;
  private volatile @Nullable Object form;

  /** The object as the API server would take it. */
  Manifest(ObjectNode tree) {
    this.tree = tree;
  }

  /** The object as the API server would take it. */
  public ObjectNode tree() {
    return tree;
  }

  /** The object in another form, which is made once. */
  public <T> T as(Class<T> type, Function<ObjectNode, T> conversion) {
    Object known = form;
    if (type.isInstance(known)) {
      return type.cast(known);
    }
    T made = conversion.apply(tree);
    form = made;
    return made;
  }
}
