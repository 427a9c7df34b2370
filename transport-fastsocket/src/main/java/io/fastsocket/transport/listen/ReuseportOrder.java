package io.fastsocket.transport.listen;

import java.util.ArrayList;
import java.util.List;

/**
 * The kernel's order of the members of a reuseport group, which is what a steering program's answer means: listen(2)
 * appends, and when a member closes the last one moves into its place (reuseport_detach_sock in net/core/sock_reuseport.c).
 * Not thread safe.
 *
 * @param <T> a member
 */
public final class ReuseportOrder<T> {
    private final List<T> members = new ArrayList<>();

    /** {@code member} has begun to listen. */
    public void listening(T member) {
        if (members.contains(member)) {
            throw new IllegalArgumentException("member " + member + " listens already");
        }
        members.add(member);
    }

    /** {@code member} has closed, or was shut down. */
    public void closed(T member) {
        int hole = indexOf(member);
        T last = members.remove(members.size() - 1);
        if (hole < members.size()) {
            members.set(hole, last);
        }
    }

    /**
     * The index a program answers to choose {@code member}, 0 to size - 1.
     *
     * @throws IllegalArgumentException when it is no member
     */
    public int indexOf(T member) {
        int index = members.indexOf(member);
        if (index < 0) {
            throw new IllegalArgumentException("member " + member + " does not listen");
        }
        return index;
    }

    /** The members by index. */
    public List<T> members() {
        return List.copyOf(members);
    }
}
