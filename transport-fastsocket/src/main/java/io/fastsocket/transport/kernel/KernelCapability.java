package io.fastsocket.transport.kernel;

/**
 * What this project asks of the kernel, one line each; {@code docs/KERNEL.md} is this list as a table.
 *
 * <p>None of them needs a privilege. Whether one is there is found by trying, never from a version number: the versions
 * are for people.
 */
public enum KernelCapability {
    IO_URING(
            "completion-based event loop",
            "io_uring",
            "io_uring_setup(2)",
            "5.9",
            "a ring of the asked size is made on every loop's thread",
            "epoll"),
    EPOLL("readiness-based event loop", "epoll", "epoll(7)", "2.6", "an epoll instance is made on every loop", "NIO"),
    PINNING(
            "a loop stays on its CPU",
            "sched_setaffinity",
            "sched_setaffinity(2)",
            "2.6",
            "each loop sets its mask and reads it back",
            "the loop runs unpinned and nothing is steered to it"),
    REUSEPORT(
            "a listener per loop on one port",
            "SO_REUSEPORT (15)",
            "socket(7)",
            "3.9",
            "set on every listener before bind",
            "one listener"),
    REUSEPORT_PROGRAM(
            "a program picks the listener by receiving CPU",
            "SO_ATTACH_REUSEPORT_CBPF (51)",
            "socket(7)",
            "4.6 for TCP",
            "attached to every group of listeners after the last one listens",
            "SO_INCOMING_CPU marks"),
    INCOMING_CPU_STEERING(
            "a mark on the listener picks it by receiving CPU",
            "SO_INCOMING_CPU (49), set",
            "socket(7)",
            "6.2, backported to 6.1",
            "16 loopback connections to a group of one marked and one other listener",
            "the kernel's hash"),
    INCOMING_CPU(
            "the CPU that received a connection's packets",
            "SO_INCOMING_CPU (49), get",
            "socket(7)",
            "3.19",
            "read on every accepted connection, and on outgoing ones at their first bytes",
            "locality is not counted and a connection stays with its listener"),
    LISTEN_QUEUE(
            "how many connections wait at a listener, and how many packets it dropped",
            "TCP_INFO (11), SO_MEMINFO (55)",
            "tcp(7)",
            "4.12",
            "read when meters are read",
            "no meters of the queue");

    private final String purpose;
    private final String option;
    private final String manPage;
    private final String firstKernel;
    private final String probe;
    private final String fallback;

    KernelCapability(String purpose, String option, String manPage, String firstKernel, String probe, String fallback) {
        this.purpose = purpose;
        this.option = option;
        this.manPage = manPage;
        this.firstKernel = firstKernel;
        this.probe = probe;
        this.fallback = fallback;
    }

    /** This capability as a row of the table in {@code docs/KERNEL.md}. */
    public String toMarkdownRow() {
        return "| " + String.join(" | ", purpose, option, manPage, firstKernel, probe, fallback) + " |";
    }
}
