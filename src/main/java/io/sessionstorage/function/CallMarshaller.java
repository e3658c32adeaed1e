package io.sessionstorage.function;

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
      return WireReader.call(message.readAllBytes(), clock.instant());
    } catch (IOException e) {
      throw Status.INTERNAL.withDescription("not a RunFunctionRequest").asRuntimeException();
    }
  }

  /** Never: a server sends no requests. */
  @Override
  public InputStream stream(Call call) {
    throw new UnsupportedOperationException();
  }
}
