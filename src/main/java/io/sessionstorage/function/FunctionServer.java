package io.sessionstorage.function;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerSocketChannel;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslProvider;
import io.grpc.protobuf.services.HealthStatusManager;
import io.grpc.protobuf.services.ProtoReflectionServiceV1;
import io.sessionstorage.serve.ReloadingTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** The gRPC server around the function. */
final class FunctionServer implements AutoCloseable {
  /**
   * Crossplane keeps one connection to each function; renewing it lets a second replica get its
   * share.
   */
  private static final long CONNECTION_AGE_MINUTES = 5;

  private static final long GRACE_SECONDS = 20;

  private final Server server;
  private final HealthStatusManager health = new HealthStatusManager();
  private final MultiThreadIoEventLoopGroup eventLoops;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Starts to serve.
   *
   * @param tls null: without TLS
   * @param largestRequest bytes
   * @throws IOException if the address is taken
   */
  FunctionServer(
      InetSocketAddress address,
      @Nullable ReloadingTls tls,
      int largestRequest,
      RunFunction function,
      Metrics metrics)
      throws IOException {
    // Java's own sockets and TLS: Netty's native ones would have to be unpacked, and the file
    // system is read-only.
    eventLoops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(address)
            .channelType(NioServerSocketChannel.class)
            .bossEventLoopGroup(eventLoops)
            .workerEventLoopGroup(eventLoops)
            // An answer takes a third of a millisecond: less than to wake another thread, twice.
            .directExecutor()
            .maxInboundMessageSize(largestRequest)
            .maxConnectionAge(CONNECTION_AGE_MINUTES, TimeUnit.MINUTES)
            .maxConnectionAgeGrace(GRACE_SECONDS, TimeUnit.SECONDS)
            .permitKeepAliveWithoutCalls(true)
            .permitKeepAliveTime(10, TimeUnit.SECONDS)
            .intercept(metrics)
            .addServices(FunctionServices.of(function))
            .addService(health.getHealthService())
            .addService(ProtoReflectionServiceV1.newInstance());
    if (tls != null) {
      builder.sslContext(
          GrpcSslContexts.configure(SslContextBuilder.forServer(tls.keys()), SslProvider.JDK)
              .trustManager(tls.trust())
              .clientAuth(ClientAuth.REQUIRE)
              .protocols("TLSv1.3", "TLSv1.2")
              .build());
    }
    server = builder.build().start();
  }

  int port() {
    return server.getPort();
  }

  boolean ready() {
    return !server.isShutdown();
  }

  void await() throws InterruptedException {
    server.awaitTermination();
  }

  /** Takes no new connections, lets the requests in flight finish, and stops. */
  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    health.enterTerminalState();
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE_SECONDS, TimeUnit.SECONDS)) {
        server.shutdownNow();
      }
    } catch (InterruptedException e) {
      server.shutdownNow();
      Thread.currentThread().interrupt();
    }
    eventLoops.close();
  }
}
