package io.fastsocket.examples.wire;

import java.util.List;
import java.util.stream.Stream;

/** All cases, by subject. */
final class WireCases {
    static final List<WireCase> ALL = Stream.of(
                    RequestHeadCases.cases(),
                    RequestFramingCases.cases(),
                    ChunkCases.cases(),
                    ResponseFramingCases.cases(),
                    ConnectionFieldCases.cases(),
                    UpgradeCases.cases(),
                    ExchangeCases.cases())
            .flatMap(List::stream)
            .toList();

    private WireCases() {}
}
