package io.fastsocket.affinity.tuning;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastsocket.affinity.system.Answer;
import io.fastsocket.affinity.tuning.Journal.Kept;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RestoreTest {
    private static final Setting CHANNELS = new Setting.ChannelCount("eth0");
    private static final Setting TABLE = new Setting.IndirectionTable("eth0");
    private static final List<Kept> SNAPSHOT =
            List.of(new Kept(CHANNELS, Optional.of("combined 4")), new Kept(TABLE, Optional.of("1 2 3 1")));

    private final Card card = new Card();

    @Test
    void writesTheTableOnceMoreAfterANewNumberOfQueues() throws Exception {
        card.values.put(CHANNELS, "combined 8");
        card.values.put(TABLE, "0 1 2 7");

        List<Restored> restored = new Restore(card, Steps.NONE, false).to(SNAPSHOT);

        // The kernel refuses fewer queues than the table names; and the card may have forgotten the table with the new
        // number.
        assertThat(card.written).containsExactly(TABLE, CHANNELS, TABLE);
        assertThat(restored).extracting(Restored::setting).containsExactly(TABLE, CHANNELS);
    }

    @Test
    void leavesTheTableAloneWhenTheNumberOfQueuesStays() throws Exception {
        card.values.put(CHANNELS, "combined 4");
        card.values.put(TABLE, "1 2 3 1");

        assertThat(new Restore(card, Steps.NONE, false).to(SNAPSHOT)).isEmpty();
        assertThat(card.written).isEmpty();
    }

    @Test
    void writesTheTableOnceMoreWhenAnEarlierUndoWasKilled() throws Exception {
        card.values.put(CHANNELS, "combined 4");
        card.values.put(TABLE, "1 2 3 1");

        assertThat(new Restore(card, Steps.NONE, true).to(SNAPSHOT)).isEmpty();
        assertThat(card.written).contains(TABLE).doesNotContain(CHANNELS);
    }

    /** Takes and tells every value. */
    private static final class Card implements Tunables {
        private final Map<Setting, String> values = new HashMap<>();
        private final List<Setting> written = new ArrayList<>();

        @Override
        public Answer<String> read(Setting setting) {
            return Answer.known(values.get(setting));
        }

        @Override
        public void write(Setting setting, Optional<String> value) {
            values.put(setting, value.orElseThrow());
            written.add(setting);
        }
    }
}
