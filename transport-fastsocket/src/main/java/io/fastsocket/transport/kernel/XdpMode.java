package io.fastsocket.transport.kernel;

import java.util.List;

/** Where an XDP program runs. */
public enum XdpMode {
    /** In the driver, before the kernel has a buffer for the packet ({@code xdpdrv}, {@code XDP_FLAGS_DRV_MODE}). */
    NATIVE(1 << 2),
    /** In the network stack, on any interface, with a buffer already made ({@code xdpgeneric}, {@code XDP_FLAGS_SKB_MODE}). */
    GENERIC(1 << 1);

    static final List<XdpMode> BEST_FIRST = List.of(NATIVE, GENERIC);

    private final int flag;

    XdpMode(int flag) {
        this.flag = flag;
    }

    /** Its bit among the flags of BPF_LINK_CREATE, see linux/if_link.h. */
    int flag() {
        return flag;
    }
}
