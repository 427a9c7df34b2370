package io.fastsocket.transport;

import java.util.List;

/**
 * Which loop runs where and which listener it has. Prints as a table.
 *
 * @param rows by loop index
 */
public record LoopPlan(List<Row> rows) {
    /**
     * One loop.
     *
     * @param loopIndex its place, from 0
     * @param cpu the CPU it is pinned to, or -1
     * @param listenerIndex its listeners' place in the kernel's reuseport groups, or -1 while no server channel is bound
     *     and where it has none
     */
    public record Row(int loopIndex, int cpu, int listenerIndex) {}

    public LoopPlan {
        rows = List.copyOf(rows);
    }

    @Override
    public String toString() {
        StringBuilder table = new StringBuilder("loop   CPU  listener");
        for (Row row : rows) {
            table.append(String.format(
                    "%n%4d  %4s  %8s", row.loopIndex(), orWord(row.cpu(), "any"), orWord(row.listenerIndex(), "none")));
        }
        return table.toString();
    }

    private static String orWord(int number, String wordForNone) {
        return number < 0 ? wordForNone : Integer.toString(number);
    }
}
