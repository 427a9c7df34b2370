package io.fastsocket.affinity.system;

/**
 * One ioctl of the ethtool interface: a structure that begins with its command goes in, the same structure, filled in, comes
 * back. Commands that read need no privilege, those that change something need {@code CAP_NET_ADMIN}.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/netdevice.7.html">netdevice(7)</a>, {@code linux/ethtool.h}
 */
public interface Ethtool {
    /**
     * Asks the driver.
     *
     * @param interfaceName 1 to 15 characters
     * @param request the structure, in native byte order; not changed
     * @return the structure after the call, as long as the request
     * @throws EthtoolException if the kernel or the driver refuses
     */
    byte[] call(String interfaceName, byte[] request) throws EthtoolException;
}
