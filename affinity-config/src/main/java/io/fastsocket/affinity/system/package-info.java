/**
 * The door to the system: files below {@code /proc} and {@code /sys}, of this machine or recorded, and the ethtool ioctl.
 * Nothing else in this module opens a file of the system or calls the kernel. Bounded in time and memory whatever is behind
 * a name.
 *
 * <p>May use the JDK and JNA. Not API: public for the packages beside it.
 */
@NullMarked
package io.fastsocket.affinity.system;

import org.jspecify.annotations.NullMarked;
