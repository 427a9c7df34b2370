package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastsocket.affinity.RssConfig.InputTransform;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The vectors are the published ones of "Verifying the RSS Hash Calculation" (Microsoft). */
class ToeplitzHashTest {
    private static final HashKey MICROSOFT = HashKey.copyOf(HexFormat.of()
            .parseHex("6d5a56da255b0ec24167253d43a38fb0d0ca2bcbae7b30b477cb2da38030f20c6a42b73bbeac01fa"));

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 2794, 161.142.100.80, 1766, 51ccc178",
        "199.92.111.2, 14230, 65.69.140.83, 4739, c626b0ea",
        "24.19.198.95, 12898, 12.22.207.184, 38024, 5c2b394a",
        "38.27.205.30, 48228, 209.142.163.6, 2217, afc7327f",
        "153.39.163.191, 44251, 202.188.127.2, 1303, 10e828a2",
        "3ffe:2501:200:1fff::7, 2794, 3ffe:2501:200:3::1, 1766, 40207d3d",
        "3ffe:501:8::260:97ff:fe40:efab, 14230, ff02::1, 4739, dde51bbf",
        "3ffe:1900:4545:3:200:f8ff:fe21:67cf, 44251, fe80::200:f8ff:fe21:67cf, 38024, 02d1feef"
    })
    void computesThePublishedVectors(String remote, int remotePort, String local, int localPort, String hash)
            throws UnknownHostException {
        FourTuple packet =
                new FourTuple(InetAddress.getByName(remote), remotePort, InetAddress.getByName(local), localPort);

        assertThat(ToeplitzHash.of(MICROSOFT).hash(packet)).isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    @ParameterizedTest
    @CsvSource({
        "66.9.149.187, 161.142.100.80, 323e8fc2",
        "199.92.111.2, 65.69.140.83, d718262a",
        "24.19.198.95, 12.22.207.184, d2d0a5de",
        "3ffe:2501:200:1fff::7, 3ffe:2501:200:3::1, 2cc18cd5",
        "3ffe:501:8::260:97ff:fe40:efab, ff02::1, 0f0c461c"
    })
    void computesThePublishedVectorsOfAddressesAlone(String remote, String local, String hash)
            throws UnknownHostException {
        byte[] from = InetAddress.getByName(remote).getAddress();
        byte[] to = InetAddress.getByName(local).getAddress();
        byte[] input = Arrays.copyOf(from, from.length + to.length);
        System.arraycopy(to, 0, input, from.length, to.length);

        assertThat(ToeplitzHash.of(MICROSOFT).hash(input)).isEqualTo(Integer.parseUnsignedInt(hash, 16));
    }

    @Test
    void takesAMappedAddressForWhatItStandsFor() throws UnknownHostException {
        FourTuple mapped = new FourTuple(
                InetAddress.getByName("::ffff:66.9.149.187"), 2794, InetAddress.getByName("161.142.100.80"), 1766);

        assertThat(mapped.isIpv4()).isTrue();
        assertThat(ToeplitzHash.of(MICROSOFT).hash(mapped)).isEqualTo(0x51ccc178);
    }

    @Property(tries = 500)
    void theLocalPortAddsTheSameToEveryHash(
            @ForAll long seed,
            @ForAll boolean ipv4,
            @ForAll boolean symmetric,
            @ForAll @IntRange(max = 65535) int port) {
        Random random = new Random(seed);
        int addressBytes = ipv4 ? 4 : 16;
        ToeplitzHash hash = ToeplitzHash.of(
                randomKey(random, 2 * addressBytes + 8 + random.nextInt(20)),
                symmetric ? Set.of(InputTransform.SYMMETRIC_XOR) : Set.of());
        FourTuple at0 = randomTuple(random, addressBytes, 0);
        FourTuple atPort = new FourTuple(at0.remote(), at0.remotePort(), at0.local(), port);

        assertThat(hash.hash(atPort)).isEqualTo(hash.hash(at0) ^ hash.portShare(port, addressBytes));
    }

    @Property(tries = 200)
    void symmetricXorHashesBothDirectionsAlike(@ForAll long seed, @ForAll boolean ipv4) {
        Random random = new Random(seed);
        FourTuple there = randomTuple(random, ipv4 ? 4 : 16, random.nextInt(65536));
        FourTuple back = new FourTuple(there.local(), there.localPort(), there.remote(), there.remotePort());
        ToeplitzHash hash = ToeplitzHash.of(randomKey(random, 52), Set.of(InputTransform.SYMMETRIC_XOR));

        assertThat(hash.hash(there)).isEqualTo(hash.hash(back));
    }

    /** The definition: for each set bit of the input, the 32 bits of the key that begin there. */
    @Property(tries = 200)
    void equalsTheDefinitionBitByBit(@ForAll long seed, @ForAll @IntRange(min = 1, max = 48) int inputBytes) {
        Random random = new Random(seed);
        HashKey key = randomKey(random, inputBytes + 4);
        byte[] input = new byte[inputBytes];
        random.nextBytes(input);
        String bits = new java.math.BigInteger(1, key.toByteArray()).toString(2);
        bits = "0".repeat(8 * key.length() - bits.length()) + bits;
        int expected = 0;
        for (int i = 0; i < 8 * inputBytes; i++) {
            if ((input[i / 8] & (0x80 >> (i % 8))) != 0) {
                expected ^= Integer.parseUnsignedInt(bits.substring(i, i + 32), 2);
            }
        }

        assertThat(ToeplitzHash.of(key).hash(input)).isEqualTo(expected);
    }

    @Test
    void refusesAKeyThatIsTooShort() throws UnknownHostException {
        ToeplitzHash hash = ToeplitzHash.of(HashKey.copyOf(new byte[39]));
        InetAddress address = InetAddress.getByName("2001:db8::1");

        assertThat(hash.inputBytesMax()).isEqualTo(35);
        assertThatThrownBy(() -> hash.hash(new FourTuple(address, 1, address, 2)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cannot compute a receive hash: key of 39 bytes (expected at least 40 for an input of 36):"
                        + " the key is too short for it; fix: ethtool -X with a longer hkey");
        assertThatThrownBy(() -> hash.portShare(1, 16)).hasMessageContaining("too short");
    }

    @Test
    void refusesATransformThatIsNotAffine() {
        assertThatThrownBy(() -> ToeplitzHash.of(MICROSOFT, Set.of(InputTransform.SYMMETRIC_OR_XOR)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("transforms=[SYMMETRIC_OR_XOR] (expected none or SYMMETRIC_XOR)");
    }

    @Test
    void refusesPortsAndFamiliesThatNoPacketHas() throws UnknownHostException {
        InetAddress four = InetAddress.getByName("192.0.2.1");
        InetAddress six = InetAddress.getByName("2001:db8::1");

        assertThatThrownBy(() -> new FourTuple(four, 1, six, 2)).hasMessageContaining("of one family");
        assertThatThrownBy(() -> new FourTuple(four, 65536, four, 2))
                .hasMessageContaining("remotePort=65536 (expected 0 to 65535)");
        assertThatThrownBy(() -> new FourTuple(four, 1, four, -1)).hasMessageContaining("localPort=-1");
    }

    private static HashKey randomKey(Random random, int bytes) {
        byte[] key = new byte[bytes];
        random.nextBytes(key);
        return HashKey.copyOf(key);
    }

    private static FourTuple randomTuple(Random random, int addressBytes, int localPort) {
        return new FourTuple(
                randomAddress(random, addressBytes),
                random.nextInt(65536),
                randomAddress(random, addressBytes),
                localPort);
    }

    private static InetAddress randomAddress(Random random, int bytes) {
        byte[] address = new byte[bytes];
        random.nextBytes(address);
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
