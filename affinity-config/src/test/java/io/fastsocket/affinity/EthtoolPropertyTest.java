package io.fastsocket.affinity;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.system.Ethtool;
import io.fastsocket.affinity.system.EthtoolCalls;
import io.fastsocket.affinity.system.EthtoolException;
import io.fastsocket.affinity.system.EthtoolSet;
import io.fastsocket.affinity.system.SystemFileException;
import io.fastsocket.affinity.system.SystemRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.AlphaChars;
import net.jqwik.api.constraints.Chars;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.NumericChars;
import net.jqwik.api.constraints.StringLength;

/** Drivers that answer anything at all. */
class EthtoolPropertyTest {
    /** Has an interface of this name, so that a driver that answers ENODEV is asleep. */
    private static final SystemRoot MACHINE = SystemRoot.live();

    @Property(tries = 2000)
    void readersEndWithAnAnswerWhateverTheDriverSays(@ForAll long seed, @ForAll @IntRange(max = 3) int kind) {
        Ethtool driver = driver(new Random(seed), kind);

        RssConfig rss = new RssConfigReader(MACHINE, driver, "lo").read();

        rss.indirectionTable().toOptional().ifPresent(table -> assertThat(table).hasSizeBetween(1, 65536));
        rss.hashKey().toOptional().ifPresent(key -> assertThat(key.length()).isBetween(1, 4096));
        assertThat(rss.hashFields()).hasSize(4);
        assertThat(ChannelsReader.read(driver, "eth0")).isInstanceOf(Answer.class);
        assertThat(CoalescingReader.read(driver, "eth0")).isInstanceOf(Answer.class);
        assertThat(NtupleReader.filtersOn(driver, "eth0")).isInstanceOf(Answer.class);
        NtupleReader.rules(driver, "eth0").toOptional().ifPresent(rules -> assertThat(rules)
                .hasSizeLessThanOrEqualTo(NtupleReader.RULES_MAX));
    }

    @Property(tries = 2000)
    void currentWordsAreTakenBackWhateverTheDriverSays(@ForAll long seed, @ForAll @IntRange(max = 3) int kind) {
        Ethtool driver = driver(new Random(seed), kind);
        try {
            EthtoolSet.channels(driver, "eth0", EthtoolSet.currentChannels(driver, "eth0"));
            String coalescing = EthtoolSet.currentCoalescing(driver, "eth0");
            EthtoolSet.coalescing(driver, "eth0", coalescing);
            assertThat(EthtoolSet.coalescingAfter(coalescing, coalescing)).isEqualTo(coalescing);
            EthtoolSet.currentIndirectionTable(driver, "eth0");
        } catch (EthtoolException e) {
            assertThat(e).hasMessageContaining("errno=");
        }
    }

    @Property(tries = 300)
    void recordedCallsAreReadOrTheirLineIsNamed(
            @ForAll @NumericChars @AlphaChars @Chars({' ', '\n', '-', '\u00e9'}) @StringLength(max = 60) String lines)
            throws IOException {
        Path root = Files.createTempDirectory("fs-ethtool");
        try {
            SystemRoot machine =
                    new EthtoolCalls(root).line("3c 36 3c").line(lines).machine();
            assertThat(NicFeatures.channels(machine, "eth0")).isInstanceOf(Answer.Known.class);
        } catch (SystemFileException e) {
            assertThat(e.line()).isPresent();
        } finally {
            Files.delete(root.resolve("ethtool/eth0"));
            Files.delete(root.resolve("sys/class/net/eth0/operstate"));
            for (String directory :
                    new String[] {"ethtool", "sys/class/net/eth0", "sys/class/net", "sys/class", "sys", ""}) {
                Files.delete(root.resolve(directory));
            }
        }
    }

    /**
     * Kind 0: any bytes. 1: few bits, so that sizes are small. 2: the request with a few bytes changed. 3: the same, or
     * refused.
     */
    private static Ethtool driver(Random random, int kind) {
        return (interfaceName, request) -> {
            if (kind == 3 && random.nextInt(4) == 0) {
                throw new EthtoolException("errno=" + random.nextInt(134), random.nextInt(134));
            }
            byte[] answer = request.clone();
            if (kind == 0) {
                random.nextBytes(answer);
                return answer;
            }
            int changes = kind == 1 ? answer.length : random.nextInt(6);
            for (int i = 0; i < changes; i++) {
                int offset = kind == 1 ? i : random.nextInt(Math.min(answer.length, 200));
                answer[offset] = (byte) (offset % 4 == 0 ? random.nextInt(8) : answer[offset]);
            }
            return answer;
        };
    }
}
