package io.fastsocket.affinity.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

@Command(name = "show")
final class ShowCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        return 0;
    }
}
