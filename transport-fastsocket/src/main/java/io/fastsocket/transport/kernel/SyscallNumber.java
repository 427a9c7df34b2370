package io.fastsocket.transport.kernel;

import java.util.Map;

/** The number of bpf(2) for syscall(2), which each architecture counts differently. */
final class SyscallNumber {
    /** Both are little-endian under every JVM, which {@link EbpfInstruction} relies on. */
    private static final Map<String, Integer> BPF_BY_ARCHITECTURE = Map.of("amd64", 321, "aarch64", 280);

    private SyscallNumber() {}

    static int ofBpf(String failure, String osName, String architecture) throws BpfException {
        Integer number = BPF_BY_ARCHITECTURE.get(architecture);
        if (number == null || !osName.equals("Linux")) {
            throw new BpfException(
                    failure + ": os.name=" + osName + " os.arch=" + architecture
                            + " (expected Linux on amd64 or aarch64): the number of bpf(2) is known there only; fix: do"
                            + " without XDP on this machine",
                    BpfErrors.ENOSYS,
                    "");
        }
        return number;
    }
}
