package io.sessionstorage.provider.changelogs;

import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.MultiThreadIoEventLoopGroup;
import io.grpc.netty.shaded.io.netty.channel.nio.NioIoHandler;
import io.grpc.netty.shaded.io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.grpc.stub.StreamObserver;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogEntry;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogServiceGrpc.ChangeLogServiceImplBase;
import io.sessionstorage.proto.changelogs.v1alpha1.SendChangeLogRequest;
import io.sessionstorage.proto.changelogs.v1alpha1.SendChangeLogResponse;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A sidecar that keeps what it is sent. */
public final class Sidecar implements AutoCloseable {
  private final List<ChangeLogEntry> entries = new CopyOnWriteArrayList<>();
  private final Path socket;
  private final MultiThreadIoEventLoopGroup eventLoop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final Server server;

  private Sidecar(Path socket, Consumer<StreamObserver<SendChangeLogResponse>> answer)
      throws IOException {
    this.socket = socket;
    server =
        NettyServerBuilder.forAddress(UnixDomainSocketAddress.of(socket))
            .channelType(NioServerDomainSocketChannel.class)
            .bossEventLoopGroup(eventLoop)
            .workerEventLoopGroup(eventLoop)
            .addService(
                new ChangeLogServiceImplBase() {
                  @Override
                  public void sendChangeLog(
                      SendChangeLogRequest request, StreamObserver<SendChangeLogResponse> caller) {
                    entries.add(request.getEntry());
                    answer.accept(caller);
                  }
                })
            .build()
            .start();
  }

  /** One that does as it should. */
  public static Sidecar start(Path socket) throws IOException {
    return new Sidecar(
        socket,
        caller -> {
          caller.onNext(SendChangeLogResponse.getDefaultInstance());
          caller.onCompleted();
        });
  }

  /** One that fails. */
  static Sidecar refusing(Path socket) throws IOException {
    return new Sidecar(
        socket,
        caller ->
            caller.onError(Status.INTERNAL.withDescription("disk is full").asRuntimeException()));
  }

  /** One that never answers. */
  public static Sidecar silent(Path socket) throws IOException {
    return new Sidecar(socket, caller -> {});
  }

  /** What it was sent, in its order. */
  public List<ChangeLogEntry> entries() {
    return List.copyOf(entries);
  }

  @Override
  public void close() throws IOException {
    server.shutdownNow();
    eventLoop.close();
    Files.deleteIfExists(socket);
  }
}
