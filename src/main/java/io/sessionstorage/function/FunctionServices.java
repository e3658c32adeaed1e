package io.sessionstorage.function;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TextFormat;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.stub.ServerCalls;
import io.sessionstorage.proto.fn.v1.FunctionProto;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The function as gRPC services: under the protocol's name, and under its former one, v1beta1,
 * which is the same on the wire.
 */
final class FunctionServices {
  private static final String V1 = "apiextensions.fn.proto.v1";
  private static final String BETA = V1 + "beta1.FunctionRunnerService";

  private FunctionServices() {}

  static List<ServerServiceDefinition> of(RunFunction function) {
    return List.of(
        service(
            FunctionRunnerServiceGrpc.SERVICE_NAME,
            FunctionRunnerServiceGrpc.getServiceDescriptor().getSchemaDescriptor(),
            function),
        service(BETA, (ProtoFileDescriptorSupplier) BetaSchema::get, function));
  }

  private static ServerServiceDefinition service(
      String name, @Nullable Object schema, RunFunction function) {
    MethodDescriptor<RunFunctionRequest, RunFunctionResponse> declared =
        FunctionRunnerServiceGrpc.getRunFunctionMethod();
    MethodDescriptor<Call, RunFunctionResponse> method =
        declared.toBuilder(
                new CallMarshaller(InstantSource.system()), declared.getResponseMarshaller())
            .setFullMethodName(MethodDescriptor.generateFullMethodName(name, "RunFunction"))
            .build();
    return ServerServiceDefinition.builder(
            ServiceDescriptor.newBuilder(name)
                .setSchemaDescriptor(schema)
                .addMethod(method)
                .build())
        .addMethod(method, ServerCalls.asyncUnaryCall(function::run))
        .build();
  }

  /** Made when somebody asks the reflection service. */
  private static final class BetaSchema {
    private static final FileDescriptor FILE = derive();

    static FileDescriptor get() {
      return FILE;
    }

    private static FileDescriptor derive() {
      FileDescriptor v1 = FunctionProto.getDescriptor();
      String text =
          TextFormat.printer()
              .printToString(v1.toProto())
              .replace(V1, V1 + "beta1")
              .replace("proto/v1/", "proto/v1beta1/");
      FileDescriptorProto.Builder beta = FileDescriptorProto.newBuilder();
      try {
        TextFormat.merge(text, beta);
        return FileDescriptor.buildFrom(
            beta.build(), v1.getDependencies().toArray(FileDescriptor[]::new));
      } catch (TextFormat.ParseException | DescriptorValidationException e) {
        throw new IllegalStateException("v1beta1 has the shape of v1", e);
      }
    }
  }
}
