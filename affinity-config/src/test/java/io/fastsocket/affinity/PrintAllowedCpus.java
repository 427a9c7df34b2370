package io.fastsocket.affinity;

/** Runs in a process of its own and prints the CPUs it may use, as it finds them. */
final class PrintAllowedCpus {
    private PrintAllowedCpus() {}

    public static void main(String[] args) {
        System.out.print(CpuTopology.read().allowed());
    }
}
