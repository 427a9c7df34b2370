/*
 * The floor of epoll: the work that no HTTP server on epoll can leave out, and nothing else. One pinned thread for each
 * CPU, each with a listener of its own, and a connection stays where it was accepted. A new connection with one request
 * takes five system calls and its share of an epoll_wait(2); a request on a connection that is kept takes two.
 *
 * It answers GET and HEAD of / and /bytes/N. It sends no date, has no time limits, and does not linger when it refuses.
 */
#define _GNU_SOURCE
#include "floor.h"
#include "http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define EVENTS_MAX 512
/* Connections accepted in a row, before those that have requests get their turn. */
#define ACCEPTS_MAX 64
/* As much as one recv(2) takes; what is left of it over must leave room for a whole head. */
#define INPUT_BYTES (16 << 10)

/* An idle connection keeps no buffers. */
struct connection {
    int fd;
    bool close;
    /* Epoll waits for room to write, not for input. */
    bool blocked;
    /* Input that is not answered yet. */
    char *input;
    size_t input_bytes;
    /* Output that the socket did not take yet: output is to be freed, data lies in it or is constant. */
    char *output;
    const char *data;
    size_t data_bytes;
    const char *body;
    size_t body_bytes;
};

struct loop {
    int epoll;
    int listener;
    /* When accepting goes on, or 0 while it is not paused. */
    long resume_millis;
    char input[INPUT_BYTES + HTTP_HEAD_MAX];
    char scratch[HTTP_SCRATCH_BYTES];
};

static void watch(struct loop *loop, int operation, int fd, uint32_t events, void *data) {
    struct epoll_event event = {.events = events, .data.ptr = data};
    if (epoll_ctl(loop->epoll, operation, fd, &event) < 0)
        floor_fail("epoll_ctl");
}

static void end(struct connection *connection) {
    /* Takes it out of epoll too: nothing else refers to the socket. */
    close(connection->fd);
    free(connection->input);
    free(connection->output);
    free(connection);
}

/* Sends what is to be sent. False: the connection failed. */
static bool send_pending(struct connection *connection) {
    while (connection->data_bytes + connection->body_bytes > 0) {
        ssize_t sent;
        if (connection->body_bytes == 0) {
            sent = send(connection->fd, connection->data, connection->data_bytes, MSG_NOSIGNAL);
        } else {
            struct iovec parts[] = {
                {(char *)connection->data, connection->data_bytes}, {(char *)connection->body, connection->body_bytes}};
            struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
            sent = sendmsg(connection->fd, &message, MSG_NOSIGNAL);
        }
        if (sent < 0) {
            if (errno == EINTR)
                continue;
            return errno == EAGAIN;
        }
        size_t of_data = (size_t)sent < connection->data_bytes ? (size_t)sent : connection->data_bytes;
        connection->data += of_data;
        connection->data_bytes -= of_data;
        connection->body += (size_t)sent - of_data;
        connection->body_bytes -= (size_t)sent - of_data;
    }
    return true;
}

/* Keeps what lies in the loop's buffers, until the socket takes more. */
static void wait_for_room(struct loop *loop, struct connection *connection) {
    if (connection->data_bytes && !connection->output) {
        connection->output = malloc(connection->data_bytes);
        if (!connection->output)
            floor_fail("malloc");
        memcpy(connection->output, connection->data, connection->data_bytes);
        connection->data = connection->output;
    }
    if (!connection->blocked) {
        connection->blocked = true;
        watch(loop, EPOLL_CTL_MOD, connection->fd, EPOLLOUT, connection);
    }
}

static void keep_input(struct connection *connection, const char *input, size_t bytes) {
    char *kept = NULL;
    if (bytes) {
        kept = malloc(bytes);
        if (!kept)
            floor_fail("malloc");
        memcpy(kept, input, bytes);
    }
    free(connection->input);
    connection->input = kept;
    connection->input_bytes = bytes;
}

/* Answers the input, as far as the socket takes the answers. */
static void answer(struct loop *loop, struct connection *connection, const char *input, size_t bytes) {
    for (;;) {
        struct http_answer answer = http_answer(input, bytes, loop->scratch);
        input += answer.consumed;
        bytes -= answer.consumed;
        connection->data = answer.data;
        connection->data_bytes = answer.data_bytes;
        connection->body = answer.body;
        connection->body_bytes = answer.body_bytes;
        connection->close = answer.close;
        if (!send_pending(connection)) {
            end(connection);
            return;
        }
        if (connection->data_bytes + connection->body_bytes > 0) {
            wait_for_room(loop, connection);
            break;
        }
        if (answer.close) {
            end(connection);
            return;
        }
        if (!answer.more) {
            if (connection->blocked) {
                connection->blocked = false;
                watch(loop, EPOLL_CTL_MOD, connection->fd, EPOLLIN, connection);
            }
            break;
        }
    }
    if (bytes || connection->input)
        keep_input(connection, input, bytes);
}

static void readable(struct loop *loop, struct connection *connection) {
    size_t kept = connection->input_bytes;
    if (kept)
        memcpy(loop->input, connection->input, kept);
    ssize_t received;
    do {
        received = recv(connection->fd, loop->input + kept, INPUT_BYTES, 0);
    } while (received < 0 && errno == EINTR);
    if (received > 0)
        answer(loop, connection, loop->input, kept + (size_t)received);
    else if (received == 0 || errno != EAGAIN)
        end(connection);
}

static void writable(struct loop *loop, struct connection *connection) {
    if (!send_pending(connection)) {
        end(connection);
        return;
    }
    if (connection->data_bytes + connection->body_bytes > 0)
        return;
    free(connection->output);
    connection->output = NULL;
    if (connection->close) {
        end(connection);
        return;
    }
    size_t bytes = connection->input_bytes;
    if (bytes)
        memcpy(loop->input, connection->input, bytes);
    answer(loop, connection, loop->input, bytes);
}

static long now_millis(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void accept_waiting(struct loop *loop) {
    for (int i = 0; i < ACCEPTS_MAX; i++) {
        int fd = accept4(loop->listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) {
            if (errno == EAGAIN)
                return;
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                watch(loop, EPOLL_CTL_DEL, loop->listener, 0, NULL);
                loop->resume_millis = now_millis() + ACCEPT_PAUSE_MILLIS;
                return;
            }
            /* That connection failed (accept(2), Error handling); the next one need not. */
            continue;
        }
        struct connection *connection = calloc(1, sizeof *connection);
        if (!connection)
            floor_fail("calloc");
        connection->fd = fd;
        watch(loop, EPOLL_CTL_ADD, fd, EPOLLIN, connection);
    }
}

static void serve(int listener) {
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        floor_fail("calloc");
    loop->listener = listener;
    loop->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (loop->epoll < 0)
        floor_fail("epoll_create1");
    watch(loop, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
    floor_ready();
    struct epoll_event events[EVENTS_MAX];
    for (;;) {
        int count = epoll_wait(loop->epoll, events, EVENTS_MAX, loop->resume_millis ? ACCEPT_PAUSE_MILLIS : -1);
        if (count < 0 && errno != EINTR)
            floor_fail("epoll_wait");
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (!connection)
                accept_waiting(loop);
            else if (connection->blocked)
                writable(loop, connection);
            else
                readable(loop, connection);
        }
        if (loop->resume_millis && now_millis() >= loop->resume_millis) {
            loop->resume_millis = 0;
            watch(loop, EPOLL_CTL_ADD, listener, EPOLLIN, NULL);
        }
    }
}

int main(int argc, char **argv) {
    return floor_main(argc, argv, "epoll", serve);
}
