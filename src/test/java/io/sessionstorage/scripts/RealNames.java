package io.sessionstorage.scripts;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server in which every name has one IPv4 address, which may change. */
final class RealNames implements AutoCloseable {
  private static final int HEADER = 12;
  private static final short ANSWER = (short) 0x8580;
  private static final short NAME_OF_THE_QUESTION = (short) 0xC00C;
  private static final short TYPE_A = 1;
  private static final short CLASS_IN = 1;

  private final DatagramSocket socket;
  private final AtomicInteger given = new AtomicInteger();
  private volatile InetAddress address;

  private RealNames(DatagramSocket socket, InetAddress address) {
    this.socket = socket;
    this.address = address;
  }

  static RealNames start(String address) throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    RealNames names = new RealNames(socket, InetAddress.ofLiteral(address));
    Thread.ofPlatform().daemon().start(names::serve);
    return names;
  }

  int port() {
    return socket.getLocalPort();
  }

  /** How many times an address was given. */
  int given() {
    return given.get();
  }

  /** From now on names have this address, and not the one before. */
  void move(String address) {
    this.address = InetAddress.ofLiteral(address);
  }

  private void serve() {
    byte[] bytes = new byte[1500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket query = new DatagramPacket(bytes, bytes.length);
        socket.receive(query);
        byte[] answer = answer(Arrays.copyOf(bytes, query.getLength()));
        socket.send(new DatagramPacket(answer, answer.length, query.getSocketAddress()));
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  /** RFC 1035, section 4. */
  private byte[] answer(byte[] query) {
    int end = HEADER;
    while (query[end] != 0) {
      end += query[end] + 1;
    }
    end += 1;
    boolean known = ByteBuffer.wrap(query).getShort(end) == TYPE_A;
    ByteBuffer answer = ByteBuffer.allocate(512);
    answer.put(query, 0, 2).putShort(ANSWER);
    answer.putShort((short) 1).putShort((short) (known ? 1 : 0)).putShort((short) 0);
    answer.putShort((short) 0).put(query, HEADER, end + 4 - HEADER);
    if (known) {
      answer.putShort(NAME_OF_THE_QUESTION).putShort(TYPE_A).putShort(CLASS_IN).putInt(1);
      answer.putShort((short) 4).put(address.getAddress());
      given.incrementAndGet();
    }
    return Arrays.copyOf(answer.array(), answer.position());
  }

  @Override
  public void close() {
    socket.close();
  }
}
