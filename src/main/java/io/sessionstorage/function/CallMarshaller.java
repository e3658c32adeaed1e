package io.sessionstorage.function;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor.Marshaller;
import io.grpc.Status;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;

/** Takes requests off the wire, each with the time at which it came. */
record CallMarshaller(InstantSource clock) implements Marshaller<Call> {
  @Override
  public Call parse(InputStream message) {
    try {
      return WireReader.call(bytes(message), clock.instant());
    } catch (IOException e) {
      throw Status.INTERNAL.withDescription("not a RunFunctionRequest").asRuntimeException();
    }
  }

  /** Without the copies that a stream of unknown length costs. */
  private static byte[] bytes(InputStream message) throws IOException {
    return message instanceof KnownLength
        ? message.readNBytes(message.available())
        : message.readAllBytes();
  }

  /** Never: a server sends no requests. */
  @Override
  public InputStream stream(Call call) {
    throw new UnsupportedOperationException();
  }
}
