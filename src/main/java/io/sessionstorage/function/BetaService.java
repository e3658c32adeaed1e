package io.sessionstorage.function;

import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.DescriptorValidationException;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.TextFormat;
import io.grpc.BindableService;
import io.grpc.MethodDescriptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.protobuf.ProtoFileDescriptorSupplier;
import io.grpc.stub.ServerCalls;
import io.sessionstorage.proto.fn.v1.FunctionProto;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;

/** The function under the protocol's former name, v1beta1, which is the same on the wire. */
record BetaService(RunFunction function) implements BindableService {
  private static final String V1 = "apiextensions.fn.proto.v1";
  private static final String NAME = V1 + "beta1.FunctionRunnerService";

  @Override
  public ServerServiceDefinition bindService() {
    MethodDescriptor<RunFunctionRequest, RunFunctionResponse> method =
        FunctionRunnerServiceGrpc.getRunFunctionMethod().toBuilder()
            .setFullMethodName(MethodDescriptor.generateFullMethodName(NAME, "RunFunction"))
            .build();
    return ServerServiceDefinition.builder(
            ServiceDescriptor.newBuilder(NAME)
                .setSchemaDescriptor((ProtoFileDescriptorSupplier) Schema::get)
                .addMethod(method)
                .build())
        .addMethod(method, ServerCalls.asyncUnaryCall(function::runFunction))
        .build();
  }

  /** Made when somebody asks the reflection service. */
  private static final class Schema {
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
