package io.fastsocket.transport.kernel;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes Ethernet frames, right ones and such as a test has spoilt. Checksums are zero: no program looks at them. */
final class Frames {
    static final int TCP = 6;
    static final int UDP = 17;
    static final int DESTINATION_OPTIONS = 60;

    private InetAddress source;
    private InetAddress destination;
    private int sourcePort = 8080;
    private int destinationPort;
    private int protocol = TCP;
    private int fragment;
    private int optionWords;
    private int firstByte = -1;
    private final List<Integer> tags = new ArrayList<>();

    private Frames(String source, String destination) {
        this.source = address(source);
        this.destination = address(destination);
    }

    static Frames ipv4() {
        return new Frames("192.0.2.1", "192.0.2.2");
    }

    static Frames ipv6() {
        return new Frames("2001:db8::1", "2001:db8::2");
    }

    static InetAddress address(String literal) {
        try {
            return InetAddress.getByName(literal);
        } catch (UnknownHostException noLiteral) {
            throw new IllegalArgumentException(noLiteral);
        }
    }

    Frames between(InetAddress from, int fromPort, InetAddress to, int toPort) {
        source = from;
        destination = to;
        sourcePort = fromPort;
        destinationPort = toPort;
        return this;
    }

    Frames to(int port) {
        destinationPort = port;
        return this;
    }

    Frames protocol(int number) {
        protocol = number;
        return this;
    }

    /** Flags and offset, as IPv4 has them. */
    Frames fragment(int bits) {
        fragment = bits;
        return this;
    }

    Frames optionWords(int words) {
        optionWords = words;
        return this;
    }

    /** Version and length, instead of the right ones. */
    Frames firstByte(int wrong) {
        firstByte = wrong;
        return this;
    }

    Frames tag(int ethertype) {
        tags.add(ethertype);
        return this;
    }

    byte[] bytes() {
        ByteBuffer frame = ByteBuffer.allocate(200);
        frame.position(12);
        for (int tag : tags) {
            frame.putShort((short) tag).putShort((short) 5);
        }
        if (source instanceof Inet6Address) {
            frame.putShort((short) 0x86dd)
                    .put((byte) (firstByte < 0 ? 0x60 : firstByte))
                    .put(new byte[5]);
            frame.put((byte) protocol).put((byte) 64);
            frame.put(source.getAddress()).put(destination.getAddress());
        } else {
            frame.putShort((short) 0x0800).put((byte) (firstByte < 0 ? 0x45 + optionWords : firstByte));
            frame.put(new byte[5]).putShort((short) fragment).put((byte) 64).put((byte) protocol);
            frame.putShort((short) 0).put(source.getAddress()).put(destination.getAddress());
            frame.put(new byte[4 * optionWords]);
        }
        frame.putShort((short) sourcePort).putShort((short) destinationPort).put(new byte[16]);
        return Arrays.copyOf(frame.array(), frame.position());
    }
}
