package io.sessionstorage.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.google.protobuf.ByteString;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.RequestMeta;
import io.sessionstorage.proto.fn.v1.Resource;
import io.sessionstorage.proto.fn.v1.Resources;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.State;
import java.io.IOException;
import java.time.Instant;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireReaderTest {
  private static final Instant NOW = Instant.EPOCH;

  @Test
  void readsEveryPartOfARequest() throws IOException {
    Call call = WireReader.call(request().toByteArray(), NOW);

    Request request = call.request();
    assertThat(request.composite()).hasToString("{\"name\":\"shared\"}");
    assertThat(request.input()).hasToString("{\"name\":\"defaults\"}");
    assertThat(request.observed()).containsOnlyKeys("auth", "empty");
    assertThat(request.observed().get("auth")).hasToString("{\"name\":\"auth\"}");
    assertThat(request.observed().get("empty")).hasToString("{}");
    assertThat(request.required().get("pods")).hasToString("[{\"name\":\"new\"}]");
    assertThat(request.required().get("old")).hasToString("[{\"name\":\"old\"}]");
    assertThat(request.required().get("nothing")).isEmpty();
    assertThat(request.time()).isEqualTo(NOW);
    assertThat(call.envelope())
        .isEqualTo(
            RunFunctionRequest.newBuilder()
                .setMeta(request().getMeta())
                .setDesired(request().getDesired())
                .setContext(request().getContext())
                .build());
  }

  @Test
  void leavesOutWhatNobodyAsksForOfWhatExists() throws IOException {
    Struct metadata =
        Struct.newBuilder()
            .putFields("managedFields", text("much"))
            .putFields("name", text("shared"))
            .build();
    Resource object =
        Resource.newBuilder()
            .setResource(
                Struct.newBuilder()
                    .putFields("metadata", Value.newBuilder().setStructValue(metadata).build()))
            .build();
    Request request =
        WireReader.call(
                RunFunctionRequest.newBuilder()
                    .setObserved(
                        State.newBuilder().setComposite(object).putResources("auth", object))
                    .setInput(object.getResource())
                    .putRequiredResources("pods", Resources.newBuilder().addItems(object).build())
                    .build()
                    .toByteArray(),
                NOW)
            .request();

    String less = "{\"metadata\":{\"name\":\"shared\"}}";
    assertThat(request.observed().get("auth")).hasToString(less);
    assertThat(request.required().get("pods")).hasToString("[" + less + "]");
    String whole = "{\"metadata\":{\"managedFields\":\"much\",\"name\":\"shared\"}}";
    assertThat(request.composite()).hasToString(whole);
    assertThat(request.input()).hasToString(whole);
  }

  @Test
  void skipsWhatALaterCrossplaneAdds() throws IOException {
    UnknownFieldSet later =
        UnknownFieldSet.newBuilder()
            .addField(
                99,
                UnknownFieldSet.Field.newBuilder()
                    .addVarint(1)
                    .addFixed32(2)
                    .addFixed64(3)
                    .addLengthDelimited(ByteString.copyFromUtf8("later"))
                    .addGroup(UnknownFieldSet.getDefaultInstance())
                    .build())
            .build();
    RunFunctionRequest.Builder request = request().toBuilder().setUnknownFields(later);
    request.getObservedBuilder().setUnknownFields(later);
    request.getObservedBuilder().getCompositeBuilder().setUnknownFields(later);
    request
        .getObservedBuilder()
        .getCompositeBuilder()
        .getResourceBuilder()
        .setUnknownFields(later)
        .putFields("name", text("shared").toBuilder().setUnknownFields(later).build());

    assertThat(WireReader.call(request.build().toByteArray(), NOW).request())
        .isEqualTo(WireReader.call(request().toByteArray(), NOW).request());
  }

  @Test
  void readsAMessageThatIsCutOffAsProtobufDoes() {
    byte[] whole = request().toByteArray();
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThat(isRead(part)).as("the first %d bytes", length).isEqualTo(protobufReads(part));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 8, 13})
  void readsAMessageWithASpoiledByteOrRefusesIt(int seed) {
    Random random = new Random(seed);
    byte[] message = request().toByteArray();
    for (int i = 0; i < 2000; i++) {
      byte[] spoiled = message.clone();
      spoiled[random.nextInt(spoiled.length)] = (byte) random.nextInt();
      // Anything but an answer of yes or no is thrown here.
      if (protobufReads(spoiled)) {
        assertThat(isRead(spoiled)).isTrue();
      }
    }
  }

  @Test
  void refusesTooManyMessagesInOneAnother() {
    Value value = text("bottom");
    for (int i = 0; i < 400; i++) {
      value =
          Value.newBuilder().setListValue(ListValue.newBuilder().addValues(value).build()).build();
    }
    byte[] deep = Struct.newBuilder().putFields("deep", value).build().toByteArray();

    assertThatExceptionOfType(IOException.class).isThrownBy(() -> WireReader.tree(deep));
  }

  private static boolean isRead(byte[] message) {
    try {
      WireReader.call(message, NOW);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean protobufReads(byte[] message) {
    try {
      return RunFunctionRequest.parseFrom(message).isInitialized();
    } catch (IOException e) {
      return false;
    }
  }

  private static RunFunctionRequest request() {
    return RunFunctionRequest.newBuilder()
        .setMeta(RequestMeta.newBuilder().setTag("tag"))
        .setObserved(
            State.newBuilder()
                .setComposite(resource("shared"))
                .putResources("auth", resource("auth"))
                .putResources("empty", Resource.getDefaultInstance()))
        .setDesired(State.newBuilder().putResources("other", resource("other")))
        .setInput(struct("defaults"))
        .setContext(struct("context"))
        .putExtraResources("old", Resources.newBuilder().addItems(resource("old")).build())
        .putExtraResources("pods", Resources.newBuilder().addItems(resource("former")).build())
        .putRequiredResources("pods", Resources.newBuilder().addItems(resource("new")).build())
        .putRequiredResources("nothing", Resources.getDefaultInstance())
        .build();
  }

  private static Resource resource(String name) {
    return Resource.newBuilder().setResource(struct(name)).build();
  }

  private static Struct struct(String name) {
    return Struct.newBuilder().putFields("name", text(name)).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
