package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.sessionstorage.testing.Requirement;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the Operator SDK is told after a reconcile. */
class ManagedReconcilerTest {
  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Bench bench;

  @SuppressWarnings("NullAway.Init") // before each test
  private ManagedReconciler<Widget, Widget.Parameters, Widget.Seen, String> reconciler;

  @BeforeEach
  void start() {
    bench = new Bench().widget();
    bench.external.observation =
        Observation.current(new Widget.Seen("red")).with(Condition.available());
    reconciler = bench.reconciler();
  }

  @Test
  @Requirement(
      "Runtime: a resource that fails is tried again after 1, 2, 4 s and so on; one that succeeds is polled, and its back-off begins anew")
  void backsOffUntilItSucceeds() {
    bench.external.observeFails = new ExternalFailure("no route");
    assertThat(delays(4)).containsExactly(1L, 2L, 4L, 8L);

    bench.external.observeFails = null;
    assertThat(delays(2)).containsExactly(60L, 60L);

    bench.external.observeFails = new ExternalFailure("no route");
    assertThat(delays(2)).containsExactly(1L, 2L);
  }

  private List<Long> delays(int reconciles) {
    return Stream.generate(this::delay).limit(reconciles).toList();
  }

  private long delay() {
    try {
      UpdateControl<Widget> answer = reconciler.reconcile(bench.get(), context());
      return Duration.ofMillis(answer.getScheduleDelay().orElseThrow()).toSeconds();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Of a resource that is there; more is not asked. */
  @SuppressWarnings("unchecked") // a proxy knows no type arguments
  private static Context<Widget> context() {
    return (Context<Widget>)
        Proxy.newProxyInstance(
            Context.class.getClassLoader(),
            new Class<?>[] {Context.class},
            (proxy, method, arguments) -> {
              assertThat(method.getName()).isEqualTo("isPrimaryResourceDeleted");
              return false;
            });
  }
}
