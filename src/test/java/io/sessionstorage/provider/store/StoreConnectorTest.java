package io.sessionstorage.provider.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Server;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreConnectorTest {
  private static final Id USER = new Id("v1", "User", "team-a", "app", "11-22");
  private static final Server SERVER =
      new Server(new Endpoint("store", 6379, 0, false), null, null);

  private final Configs configs = new Configs();
  private final StoreConnector connector = new StoreConnector(configs);

  private static final class Configs implements Connector<Server> {
    boolean gone;
    boolean released;

    @Override
    public Server connect(
        Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
      if (gone) {
        throw new ExternalFailure("the Secret is gone");
      }
      return SERVER;
    }

    @Override
    public void release(Id managed) {
      released = true;
    }
  }

  @Test
  void knowsTheServerOfTheProviderConfig() {
    assertThat(connector.connect(USER, null, false).server()).isEqualTo(SERVER);
  }

  @Test
  void whoNeedsNoServerToEndIsNotHeldUp() {
    configs.gone = true;
    assertThatThrownBy(() -> connector.connect(USER, null, false))
        .isInstanceOf(ExternalFailure.class);

    Store store = connector.connect(USER, null, true);

    assertThatThrownBy(store::server).hasMessage("the Secret is gone");
  }

  @Test
  void endsTheUse() {
    connector.release(USER);

    assertThat(configs.released).isTrue();
  }
}
