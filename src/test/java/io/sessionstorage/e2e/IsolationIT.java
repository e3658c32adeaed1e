package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Stores that are neighbours do not touch each other. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class IsolationIT {
  private static final String SESSION = "thv:proxy:session:1";

  @AutoClose private final TestNamespace here = namespace("here");
  @AutoClose private final TestNamespace there = namespace("there");
  private final Store first = here.store("first");
  private final Store second = here.store("second");
  private final Store namesake = there.store("first");
  private Consumer ofFirst;
  private Consumer ofSecond;
  private Consumer ofNamesake;

  private static TestNamespace namespace(String purpose) {
    Installation.NAMESPACED.require();
    return new TestNamespace(purpose);
  }

  @BeforeAll
  void threeStoresHaveConsumers() {
    first.apply("{size: small, network: {allowedPods: [{matchLabels: {app: debug}}]}}");
    second.apply("{size: small}");
    namesake.apply("{size: small, network: {allowedNamespaces: [%s]}}".formatted(here.name()));
    first.awaitReady();
    second.awaitReady();
    namesake.awaitReady();
    ofFirst = Consumer.of(first, "proxy-of-first", Consumer.PROXY).awaitConnected();
    ofSecond = Consumer.of(second, "proxy-of-second", Consumer.PROXY).awaitConnected();
    ofNamesake = Consumer.of(namesake, "proxy-of-first", Consumer.PROXY).awaitConnected();
  }

  @Test
  void whatOneHoldsTheOthersDoNotSee() {
    assertThat(ofFirst.ask("SET", SESSION, "first", "EX", "60")).isEqualTo("OK");

    assertThat(ofSecond.ask("GET", SESSION)).isEmpty();
    assertThat(ofNamesake.ask("GET", SESSION)).isEmpty();
  }

  @Test
  void onesPasswordDoesNotOpenAnother() {
    assertThat(ofFirst.shell(client(second)).text()).contains("WRONGPASS");
    assertThat(ofFirst.shell(client(namesake)).text()).contains("WRONGPASS");
  }

  @Test
  void aProxyOfANamespaceThatIsNotAllowedDoesNotConnect() {
    assertThat(ofNamesake.shell(client(first)).exitCode()).isNotZero();
    assertThat(ofNamesake.shell(client(first)).text()).doesNotContain("WRONGPASS");
  }

  @Test
  void aPodThatIsAllowedByItsLabelsConnects() {
    Consumer debug = Consumer.of(first, "debug", Map.of("app", "debug")).awaitConnected();

    assertThat(debug.shell(client(second)).text()).doesNotContain("WRONGPASS");
  }

  @Test
  void whenOneGoesTheOthersStay() {
    Store passing = there.store("passing").apply("{size: small}").awaitReady();
    String pod = namesake.pod().getMetadata().getUid();

    passing.delete();

    passing.awaitGone();
    assertThat(namesake.pod().getMetadata().getUid()).isEqualTo(pod);
    assertThat(ofNamesake.ask("PING")).isEqualTo("PONG");
  }

  private static String client(Store store) {
    return "timeout 10 valkey-cli -h %s PING".formatted(store.connection("host"));
  }
}
