#define _GNU_SOURCE
#include "floor.h"

#include "http.h"

#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define THREADS_MAX 256
#define BACKLOG 4096

struct thread {
    pthread_t id;
    int cpu;
    int listener;
};

static const char *program;
static serve_function *serve;
static struct thread threads[THREADS_MAX];
static pthread_barrier_t ready;

noreturn void floor_fail(const char *what) {
    fprintf(stderr, "%s: %s: %s\n", program, what, strerror(errno));
    exit(1);
}

void floor_ready(void) {
    pthread_barrier_wait(&ready);
}

static noreturn void wrong_usage(const char *option, const char *value, const char *expected) {
    fprintf(stderr, "%s: %s=%s (expected %s)\n", program, option, value, expected);
    exit(2);
}

static int number(const char *option, const char *value, int min, int max) {
    char *end;
    errno = 0;
    long parsed = strtol(value, &end, 10);
    if (errno || end == value || *end || parsed < min || parsed > max) {
        char expected[64];
        snprintf(expected, sizeof expected, "a number from %d to %d", min, max);
        wrong_usage(option, value, expected);
    }
    return (int)parsed;
}

static int allowed_cpus(int cpus[], int max) {
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        floor_fail("sched_getaffinity");
    int count = 0;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < max; cpu++)
        if (CPU_ISSET(cpu, &allowed))
            cpus[count++] = cpu;
    return count;
}

static void set(int socket, int level, int option, int value, const char *name) {
    if (setsockopt(socket, level, option, &value, sizeof value) < 0)
        floor_fail(name);
}

/* Listens; fills in the port where the kernel chose it, for the listeners that follow. */
static int listen_on(struct sockaddr_in *address) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0)
        floor_fail("socket");
    set(listener, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
    set(listener, SOL_SOCKET, SO_REUSEPORT, 1, "SO_REUSEPORT");
    /* Accepted connections inherit it. */
    set(listener, IPPROTO_TCP, TCP_NODELAY, 1, "TCP_NODELAY");
    socklen_t address_bytes = sizeof *address;
    if (bind(listener, (struct sockaddr *)address, sizeof *address) < 0)
        floor_fail("bind");
    if (listen(listener, BACKLOG) < 0)
        floor_fail("listen");
    if (getsockname(listener, (struct sockaddr *)address, &address_bytes) < 0)
        floor_fail("getsockname");
    return listener;
}

/* The listener of the CPU that received the SYN. Listeners are numbered in the order of listen(2). A CPU without a
   thread gets a number that no listener has: then the kernel's hash chooses. */
static void steer_by_cpu(int count) {
    struct sock_filter code[2 * THREADS_MAX + 2];
    unsigned short length = 0;
    code[length++] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(SKF_AD_OFF + SKF_AD_CPU));
    for (int i = 0; i < count; i++) {
        code[length++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (unsigned)threads[i].cpu, 0, 1);
        code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (unsigned)i);
    }
    code[length++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
    struct sock_fprog steering = {.len = length, .filter = code};
    if (setsockopt(threads[0].listener, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF, &steering, sizeof steering) < 0)
        floor_fail("SO_ATTACH_REUSEPORT_CBPF");
}

static void *run(void *argument) {
    struct thread *thread = argument;
    cpu_set_t cpu;
    CPU_ZERO(&cpu);
    CPU_SET(thread->cpu, &cpu);
    errno = pthread_setaffinity_np(pthread_self(), sizeof cpu, &cpu);
    if (errno)
        floor_fail("pthread_setaffinity_np");
    serve(thread->listener);
    return NULL;
}

int floor_main(int argc, char **argv, const char *name, serve_function *serve_listener) {
    program = argv[0];
    serve = serve_listener;
    static const struct option options[] = {
        {"host", required_argument, NULL, 'h'},
        {"port", required_argument, NULL, 'p'},
        {"threads", required_argument, NULL, 't'},
        {0}};
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int cpus[THREADS_MAX];
    int cpu_count = allowed_cpus(cpus, THREADS_MAX);
    int count = cpu_count;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'h':
            if (inet_pton(AF_INET, optarg, &address.sin_addr) != 1)
                wrong_usage("--host", optarg, "an IPv4 address");
            break;
        case 'p':
            address.sin_port = htons((unsigned short)number("--port", optarg, 0, 65535));
            break;
        case 't':
            count = number("--threads", optarg, 1, THREADS_MAX);
            break;
        default:
            fprintf(stderr, "usage: %s [--host ADDRESS] [--port N] [--threads N]\n", program);
            return 2;
        }
    }
    if (optind < argc)
        wrong_usage("argument", argv[optind], "none");

    /* Blocked before any thread is made, so that all inherit it and this thread alone gets them. */
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGINT);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);

    http_init();
    for (int i = 0; i < count; i++) {
        threads[i].cpu = cpus[i % cpu_count];
        threads[i].listener = listen_on(&address);
    }
    /* With more threads than CPUs a CPU has several, and the hash spreads over them. */
    if (count <= cpu_count)
        steer_by_cpu(count);
    pthread_barrier_init(&ready, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        errno = pthread_create(&threads[i].id, NULL, run, &threads[i]);
        if (errno)
            floor_fail("pthread_create");
    }
    floor_ready();
    char host[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &address.sin_addr, host, sizeof host);
    fprintf(stderr, "listening on %s:%d (floor %s, %d threads)\n", host, ntohs(address.sin_port), name, count);
    int received;
    sigwait(&ends, &received);
    return 0;
}
