package io.sessionstorage.provider.changelogs;

import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.buffer.UnpooledByteBufAllocator;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogServiceGrpc;
import io.sessionstorage.proto.changelogs.v1alpha1.SendChangeLogRequest;
import io.sessionstorage.provider.managed.Change;
import io.sessionstorage.provider.managed.ChangeLog;
import io.sessionstorage.provider.managed.ManagedResource;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends each change to the sidecar, and waits for its answer. A sidecar that is absent may still
 * come meanwhile.
 */
public final class SocketChangeLog implements ChangeLog {
  private static final Logger LOG = LoggerFactory.getLogger(SocketChangeLog.class);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Entries entries;
  private final Duration patience;
  private final MultiThreadIoEventLoopGroup eventLoop;
  private final ManagedChannel channel;

  /** Connects when there is something to send. */
  public SocketChangeLog(Path socket, Entries entries) {
    this(socket, entries, PATIENCE);
  }

  SocketChangeLog(Path socket, Entries entries, Duration patience) {
    this.entries = entries;
    this.patience = patience;
    // Java's own sockets: Netty's native ones would have to be unpacked, and the file system is
    // read-only.
    this.eventLoop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    this.channel =
        NettyChannelBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioDomainSocketChannel.class, UnixDomainSocketAddress.class)
            .eventLoopGroup(eventLoop)
            .withOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
            .overrideAuthority("localhost")
            .usePlaintext()
            .directExecutor()
            .build();
  }

  @Override
  public void add(Change change) {
    try {
      send(change);
    } catch (RuntimeException e) { // whatever it is, the change was made
      ManagedResource<?, ?> resource = change.before().resource();
      LOG.atWarn()
          .addKeyValue("kind", resource.getKind())
          .addKeyValue("namespace", resource.getMetadata().getNamespace())
          .addKeyValue("name", resource.getMetadata().getName())
          .addKeyValue("operation", change.operation())
          .addKeyValue("cause", cause(e))
          .log("cannot record change log entry");
    }
  }

  /** Without the stack that gRPC has in its message. */
  private static String cause(RuntimeException e) {
    return e.toString().lines().findFirst().orElse("");
  }

  private void send(Change change) {
    SendChangeLogRequest request =
        SendChangeLogRequest.newBuilder().setEntry(entries.of(change)).build();
    // A sidecar that was absent for long is tried at once, and not only minutes later.
    channel.resetConnectBackoff();
    ChangeLogServiceGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(patience.toMillis(), TimeUnit.MILLISECONDS)
        .sendChangeLog(request);
  }

  @Override
  public void close() {
    channel.shutdownNow();
    eventLoop.close();
  }
}
