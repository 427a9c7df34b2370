/*
 * The floor of io_uring: the same work as epoll-server.c. One pinned thread for each CPU, each with a listener and a ring
 * of its own, and a connection stays where it was accepted. Accepting is one submission for all connections; a connection
 * with one request then takes a receive, a send and a close, of which the receive alone reports back; a request on a
 * connection that is kept takes a send and a receive. All that is ready shares one system call.
 *
 * Receives that stay armed and descriptors outside of the process's table were tried. They saved about 6 % and 2 % of CPU
 * time on kept connections and nothing on new ones, and each asks for a limit or a cancellation more.
 *
 * It answers GET and HEAD of / and /bytes/N. It sends no date, has no time limits, and does not linger when it refuses.
 */
#define _GNU_SOURCE
#include "floor.h"
#include "http.h"

#include <errno.h>
#include <liburing.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#define SQ_ENTRIES 2048
#define CQ_ENTRIES 16384
/* A receive takes a buffer when there is data, and gives it back before the next system call. */
#define BUFFERS 2048
#define BUFFER_BYTES 4096
#define BUFFER_GROUP 0

/* What a completion belongs to: the low bits of its user data. Above them is a connection or a descriptor. */
enum tag { ACCEPT, RESUME, RECEIVE, SEND, LAST_SEND, CLOSE };
#define TAG_BITS 3
#define TAG_MASK ((1 << TAG_BITS) - 1)

/* An idle connection keeps no buffers. At most one receive and one send are in flight. */
struct connection {
    int fd;
    bool receiving;
    bool sending;
    /* Nothing is to be answered any more. */
    bool close;
    /* Input that is not answered yet. */
    char *input;
    size_t input_bytes;
    /* Output in flight, where it is no constant. */
    char *output;
    struct iovec parts[2];
    struct msghdr message;
};

struct loop {
    struct io_uring ring;
    int listener;
    struct io_uring_buf_ring *buffers;
    char *buffer_memory;
    char scratch[HTTP_SCRATCH_BYTES];
};

static void *allocate(size_t bytes) {
    void *memory = calloc(1, bytes);
    if (!memory)
        floor_fail("calloc");
    return memory;
}

static void must(int result, const char *what) {
    if (result < 0) {
        errno = -result;
        floor_fail(what);
    }
}

/* A submission, and room for those that are to be linked to it: submitting in between would cut the link. */
static struct io_uring_sqe *submission(struct loop *loop, unsigned linked) {
    while (io_uring_sq_space_left(&loop->ring) <= linked) {
        int result = io_uring_submit(&loop->ring);
        if (result != -EINTR && result != -EAGAIN && result != -EBUSY)
            must(result, "io_uring_submit");
    }
    return io_uring_get_sqe(&loop->ring);
}

static void accept_on(struct loop *loop) {
    struct io_uring_sqe *sqe = submission(loop, 0);
    io_uring_prep_multishot_accept(sqe, loop->listener, NULL, NULL, SOCK_CLOEXEC);
    sqe->user_data = ACCEPT;
}

static void pause_accept(struct loop *loop) {
    static struct __kernel_timespec pause = {.tv_nsec = ACCEPT_PAUSE_MILLIS * 1000000L};
    struct io_uring_sqe *sqe = submission(loop, 0);
    io_uring_prep_timeout(sqe, &pause, 0, 0);
    sqe->user_data = RESUME;
}

/* Waits before it tries: after an answer nothing has come yet, and after an accept waiting was measured to cost less. */
static void receive(struct loop *loop, struct connection *connection) {
    struct io_uring_sqe *sqe = submission(loop, 0);
    io_uring_prep_recv(sqe, connection->fd, NULL, BUFFER_BYTES, 0);
    sqe->flags |= IOSQE_BUFFER_SELECT;
    sqe->buf_group = BUFFER_GROUP;
    sqe->ioprio = IORING_RECVSEND_POLL_FIRST;
    sqe->user_data = (uintptr_t)connection | RECEIVE;
    connection->receiving = true;
}

static void submit_close(struct loop *loop, int fd) {
    struct io_uring_sqe *sqe = submission(loop, 0);
    io_uring_prep_close(sqe, fd);
    sqe->flags |= IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = CLOSE;
}

static void forget(struct connection *connection) {
    free(connection->input);
    free(connection->output);
    free(connection);
}

/* Nothing may be in flight: a receive would hold the socket open. */
static void end(struct loop *loop, struct connection *connection) {
    submit_close(loop, connection->fd);
    forget(connection);
}

/* The close follows only a send that was complete; a send that fails is reported, and its close is cancelled in silence. */
static void send_constant_and_close(struct loop *loop, struct connection *connection, const struct http_answer *answer) {
    struct io_uring_sqe *sqe = submission(loop, 1);
    io_uring_prep_send(sqe, connection->fd, answer->data, answer->data_bytes, MSG_NOSIGNAL | MSG_WAITALL);
    sqe->flags |= IOSQE_IO_LINK | IOSQE_CQE_SKIP_SUCCESS;
    sqe->user_data = (uint64_t)connection->fd << TAG_BITS | LAST_SEND;
    end(loop, connection);
}

/* MSG_WAITALL: the kernel goes on by itself after a partial send. */
static void send_answer(struct loop *loop, struct connection *connection, const struct http_answer *answer) {
    const char *data = answer->data;
    if (data == loop->scratch) {
        connection->output = allocate(answer->data_bytes);
        memcpy(connection->output, data, answer->data_bytes);
        data = connection->output;
    }
    struct io_uring_sqe *sqe = submission(loop, 0);
    if (answer->body_bytes) {
        connection->parts[0] = (struct iovec){(char *)data, answer->data_bytes};
        connection->parts[1] = (struct iovec){(char *)answer->body, answer->body_bytes};
        connection->message = (struct msghdr){.msg_iov = connection->parts, .msg_iovlen = 2};
        io_uring_prep_sendmsg(sqe, connection->fd, &connection->message, MSG_NOSIGNAL | MSG_WAITALL);
    } else {
        io_uring_prep_send(sqe, connection->fd, data, answer->data_bytes, MSG_NOSIGNAL | MSG_WAITALL);
    }
    sqe->user_data = (uintptr_t)connection | SEND;
    connection->sending = true;
}

static void keep_input(struct connection *connection, const char *input, size_t bytes) {
    char *kept = NULL;
    if (bytes) {
        kept = allocate(bytes);
        memcpy(kept, input, bytes);
    }
    free(connection->input);
    connection->input = kept;
    connection->input_bytes = bytes;
}

/* Answers the input, which may be what the connection keeps. Nothing is in flight. */
static void answer(struct loop *loop, struct connection *connection, const char *input, size_t bytes) {
    struct http_answer answer = http_answer(input, bytes, loop->scratch);
    if (bytes > answer.consumed || connection->input)
        keep_input(connection, input + answer.consumed, bytes - answer.consumed);
    if (answer.data_bytes == 0) {
        receive(loop, connection);
        return;
    }
    connection->close = answer.close;
    if (answer.close && answer.data != loop->scratch && answer.body_bytes == 0) {
        send_constant_and_close(loop, connection, &answer);
        return;
    }
    send_answer(loop, connection, &answer);
    if (!answer.close && !answer.more)
        receive(loop, connection);
}

static void accepted(struct loop *loop, const struct io_uring_cqe *cqe) {
    if (cqe->res >= 0) {
        struct connection *connection = allocate(sizeof *connection);
        connection->fd = cqe->res;
        receive(loop, connection);
    }
    if (cqe->flags & IORING_CQE_F_MORE)
        return;
    /* Ended with an error, it is the limit of open files mostly. */
    if (cqe->res < 0)
        pause_accept(loop);
    else
        accept_on(loop);
}

static void got_input(struct loop *loop, struct connection *connection, const char *input, size_t bytes) {
    if (connection->close) {
        end(loop, connection);
        return;
    }
    if (!connection->input && !connection->sending) {
        answer(loop, connection, input, bytes);
        return;
    }
    char *both = realloc(connection->input, connection->input_bytes + bytes);
    if (!both)
        floor_fail("realloc");
    memcpy(both + connection->input_bytes, input, bytes);
    connection->input = both;
    connection->input_bytes += bytes;
    /* A pipelined request: answered when the answer before it is sent, or the two might change places. */
    if (!connection->sending)
        answer(loop, connection, both, connection->input_bytes);
}

static void received(struct loop *loop, struct connection *connection, const struct io_uring_cqe *cqe) {
    connection->receiving = false;
    if (cqe->res > 0) {
        unsigned short id = (unsigned short)(cqe->flags >> IORING_CQE_BUFFER_SHIFT);
        char *buffer = loop->buffer_memory + (size_t)id * BUFFER_BYTES;
        got_input(loop, connection, buffer, (size_t)cqe->res);
        io_uring_buf_ring_add(loop->buffers, buffer, BUFFER_BYTES, id, io_uring_buf_ring_mask(BUFFERS), 0);
        io_uring_buf_ring_advance(loop->buffers, 1);
    } else if (cqe->res == -ENOBUFS || cqe->res == -EINTR) {
        /* More connections had data than there are buffers; those are free again when this is submitted. */
        receive(loop, connection);
    } else if (connection->sending) {
        connection->close = true;
    } else {
        end(loop, connection);
    }
}

static void sent(struct loop *loop, struct connection *connection, const struct io_uring_cqe *cqe) {
    connection->sending = false;
    free(connection->output);
    connection->output = NULL;
    if (cqe->res < 0)
        connection->close = true;
    if (connection->close && connection->receiving)
        /* Makes the receive end, which ends the connection. */
        shutdown(connection->fd, SHUT_RDWR);
    else if (connection->close)
        end(loop, connection);
    else if (!connection->receiving)
        answer(loop, connection, connection->input, connection->input_bytes);
}

static void complete(struct loop *loop, const struct io_uring_cqe *cqe) {
    struct connection *connection = (struct connection *)(uintptr_t)(cqe->user_data & ~(uint64_t)TAG_MASK);
    switch ((enum tag)(cqe->user_data & TAG_MASK)) {
    case ACCEPT:
        accepted(loop, cqe);
        break;
    case RESUME:
        accept_on(loop);
        break;
    case RECEIVE:
        received(loop, connection, cqe);
        break;
    case SEND:
        sent(loop, connection, cqe);
        break;
    case LAST_SEND:
        /* Failed, or there would be no completion. */
        submit_close(loop, (int)(cqe->user_data >> TAG_BITS));
        break;
    case CLOSE:
        break;
    }
}

static void provide_buffers(struct loop *loop) {
    size_t ring_bytes = BUFFERS * sizeof(struct io_uring_buf);
    loop->buffers = mmap(NULL, ring_bytes, PROT_READ | PROT_WRITE, MAP_ANONYMOUS | MAP_PRIVATE, -1, 0);
    if (loop->buffers == MAP_FAILED)
        floor_fail("mmap");
    struct io_uring_buf_reg registration = {
        .ring_addr = (uintptr_t)loop->buffers, .ring_entries = BUFFERS, .bgid = BUFFER_GROUP};
    must(io_uring_register_buf_ring(&loop->ring, &registration, 0), "io_uring_register_buf_ring");
    io_uring_buf_ring_init(loop->buffers);
    loop->buffer_memory = allocate((size_t)BUFFERS * BUFFER_BYTES);
    for (int id = 0; id < BUFFERS; id++)
        io_uring_buf_ring_add(
            loop->buffers, loop->buffer_memory + (size_t)id * BUFFER_BYTES, BUFFER_BYTES, (unsigned short)id,
            io_uring_buf_ring_mask(BUFFERS), id);
    io_uring_buf_ring_advance(loop->buffers, BUFFERS);
}

static void serve(int listener) {
    struct loop *loop = allocate(sizeof *loop);
    loop->listener = listener;
    struct io_uring_params params = {
        .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN | IORING_SETUP_CQSIZE,
        .cq_entries = CQ_ENTRIES};
    must(io_uring_queue_init_params(SQ_ENTRIES, &loop->ring, &params), "io_uring_setup (needs Linux 6.1 or newer)");
    must(io_uring_register_ring_fd(&loop->ring), "io_uring_register_ring_fd");
    provide_buffers(loop);
    accept_on(loop);
    must(io_uring_submit(&loop->ring), "io_uring_submit");
    floor_ready();
    for (;;) {
        int result = io_uring_submit_and_wait(&loop->ring, 1);
        if (result != -EINTR && result != -EAGAIN && result != -EBUSY)
            must(result, "io_uring_submit_and_wait");
        unsigned head, count = 0;
        struct io_uring_cqe *cqe;
        io_uring_for_each_cqe(&loop->ring, head, cqe) {
            complete(loop, cqe);
            count++;
        }
        io_uring_cq_advance(&loop->ring, count);
    }
}

int main(int argc, char **argv) {
    return floor_main(argc, argv, "io_uring", serve);
}
