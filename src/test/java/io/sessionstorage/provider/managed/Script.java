package io.sessionstorage.provider.managed;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** An external system that does as it is told, and notes what it is asked. */
final class Script implements External<Widget.Parameters, Widget.Seen, String> {
  final List<String> calls = new CopyOnWriteArrayList<>();

  /** Of what was looked at. */
  final List<String> names = new CopyOnWriteArrayList<>();

  Observation<Widget.Seen> observation = Observation.missing();
  @Nullable RuntimeException observeFails;
  @Nullable RuntimeException createFails;
  @Nullable RuntimeException updateFails;
  @Nullable RuntimeException deleteFails;
  ConnectionDetails details = ConnectionDetails.NONE;
  boolean hangs;

  /** What somebody else does at the same time. */
  Runnable whileCreating = () -> {};

  @Override
  public Observation<Widget.Seen> observe(Managed<Widget.Parameters, Widget.Seen, String> managed)
      throws InterruptedException {
    names.add(managed.externalName());
    note("observe", observeFails);
    if (hangs) {
      Thread.sleep(Long.MAX_VALUE);
    }
    return observation;
  }

  @Override
  public ConnectionDetails create(Managed<Widget.Parameters, Widget.Seen, String> managed) {
    note("create", createFails);
    whileCreating.run();
    return details;
  }

  @Override
  public ConnectionDetails update(
      Managed<Widget.Parameters, Widget.Seen, String> managed,
      Observation<Widget.Seen> observation) {
    note("update", updateFails);
    return details;
  }

  @Override
  public void delete(Managed<Widget.Parameters, Widget.Seen, String> managed) {
    note("delete", deleteFails);
  }

  private void note(String call, @Nullable RuntimeException failure) {
    calls.add(call);
    if (failure != null) {
      throw failure;
    }
  }
}
