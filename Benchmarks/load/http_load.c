// Sends HTTP requests over kept-alive connections, as fast as they are answered or at a fixed rate.
//
//   http_load HOST:PORT CONNECTIONS SECONDS RATE REQUEST_FILE [WARM_UP_SECONDS]
//
// The file holds whole requests, each after its length as four bytes, the lowest first; they are sent in turn, so that none
// is sent twice while there are enough. RATE 0: each connection sends when it has its answer. Otherwise requests are due at
// fixed times, wait in line when all connections are busy, and their latency counts from when they were due: a server that
// stalls is charged for what it kept waiting (coordinated omission). Answers need a Content-Length or chunks.
// Prints answers, seconds, own processor seconds, answers that were not 2xx, requests sent twice, and the latencies in
// milliseconds at .5, .9, .99, .999 and 1.
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

enum { BUFFER = 1 << 17 };

struct request { const char *bytes; uint32_t size; };
struct connection {
    int socket, busy;
    double due;
    const struct request *request;
    size_t sent, received;
    char buffer[BUFFER];
};

static struct request *requests;
static long request_count, next_request, repeated, answers, bad;
static double *latencies;
static long latency_count, latency_room;
static double measure_from;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static void fail(const char *what) { fprintf(stderr, "http_load: %s: %s\n", what, strerror(errno)); exit(1); }

static void read_requests(const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file) fail(path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file), room = 0;
    rewind(file);
    char *bytes = malloc((size_t)size);
    if (fread(bytes, 1, (size_t)size, file) != (size_t)size) fail(path);
    fclose(file);
    for (long at = 0; at + 4 <= size;) {
        uint32_t length;
        memcpy(&length, bytes + at, 4);
        if (request_count == room) requests = realloc(requests, sizeof *requests * (size_t)(room = room * 2 + 1024));
        requests[request_count++] = (struct request){ bytes + at + 4, length };
        at += 4 + (long)length;
    }
    if (!request_count) fprintf(stderr, "http_load: no requests\n"), exit(1);
}

static void connect_to(struct connection *c, const struct sockaddr_in *address) {
    int yes = 1;
    c->socket = socket(AF_INET, SOCK_STREAM, 0);
    if (c->socket < 0 || connect(c->socket, (const struct sockaddr *)address, sizeof *address)) fail("connect");
    setsockopt(c->socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    fcntl(c->socket, F_SETFL, O_NONBLOCK);
}

static void push(struct connection *c) {
    while (c->sent < c->request->size) {
        ssize_t count = send(c->socket, c->request->bytes + c->sent, c->request->size - c->sent, MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) return;
        if (count <= 0) fail("send");
        c->sent += (size_t)count;
    }
}

static void start(struct connection *c, double due) {
    if (next_request >= request_count) repeated++;
    c->request = &requests[next_request++ % request_count];
    c->busy = 1, c->due = due, c->sent = c->received = 0;
    push(c);
}

/// 1 when the buffer holds a whole answer.
static int is_complete(struct connection *c) {
    c->buffer[c->received] = 0;
    char *body = strstr(c->buffer, "\r\n\r\n");
    if (!body) return 0;
    body += 4;
    char *length = strcasestr(c->buffer, "\ncontent-length:");
    if (length && length < body) return c->received >= (size_t)(body - c->buffer) + strtoul(length + 16, NULL, 10);
    return c->received >= 5 && !memcmp(c->buffer + c->received - 5, "0\r\n\r\n", 5);
}

static int pull(struct connection *c) {
    while (c->received < BUFFER - 1) {
        ssize_t count = recv(c->socket, c->buffer + c->received, BUFFER - 1 - c->received, 0);
        if (count < 0 && errno == EAGAIN) break;
        if (count <= 0) fail("recv");
        c->received += (size_t)count;
        if (is_complete(c)) {
            double at = now();
            c->busy = 0;
            if (c->due >= measure_from) {
                answers++;
                if (c->buffer[9] != '2') bad++;
                if (latency_count == latency_room)
                    latencies = realloc(latencies, sizeof *latencies * (size_t)(latency_room = latency_room * 2 + 4096));
                latencies[latency_count++] = (at - c->due) * 1e3;
            }
            return 1;
        }
    }
    if (c->received == BUFFER - 1) fprintf(stderr, "http_load: an answer is too large\n"), exit(1);
    return 0;
}

static int ascending(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double percentile(double share) {
    long at = (long)(share * (double)latency_count);
    return latency_count ? latencies[at < latency_count ? at : latency_count - 1] : 0;
}

int main(int count, char **arguments) {
    if (count < 6)
        return fprintf(stderr, "usage: http_load HOST:PORT CONNECTIONS SECONDS RATE REQUEST_FILE [WARM_UP]\n"), 64;
    struct sockaddr_in address = { .sin_family = AF_INET };
    char *colon = strchr(arguments[1], ':');
    if (!colon) return fprintf(stderr, "http_load: no port\n"), 64;
    *colon = 0;
    address.sin_port = htons((uint16_t)atoi(colon + 1));
    if (inet_pton(AF_INET, arguments[1], &address.sin_addr) != 1) return fprintf(stderr, "http_load: no IPv4\n"), 64;
    int width = atoi(arguments[2]);
    double seconds = atof(arguments[3]), rate = atof(arguments[4]), warm_up = count > 6 ? atof(arguments[6]) : 0;
    read_requests(arguments[5]);

    struct connection *connections = calloc((size_t)width, sizeof *connections);
    int poller = epoll_create1(0), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK), idle = 0;
    struct connection **free_ones = malloc(sizeof *free_ones * (size_t)width);
    for (int i = 0; i < width; i++) {
        connect_to(&connections[i], &address);
        struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = &connections[i] };
        if (epoll_ctl(poller, EPOLL_CTL_ADD, connections[i].socket, &event)) fail("epoll_ctl");
        free_ones[idle++] = &connections[i];
    }
    struct epoll_event tick = { .events = EPOLLIN, .data.ptr = NULL };
    epoll_ctl(poller, EPOLL_CTL_ADD, timer, &tick);

    double begin = now(), end = begin + warm_up + seconds;
    measure_from = begin + warm_up;
    long due_count = 0;
    struct rusage usage;
    for (;;) {
        double at = now();
        if (at >= end && idle == width) break;
        while (idle > 0 && at < end) {
            double due = rate > 0 ? begin + (double)due_count / rate : at;
            if (due > at) {
                double wait = due - at;
                struct itimerspec alarm = { .it_value = { (time_t)wait, (long)((wait - (time_t)wait) * 1e9) + 1 } };
                timerfd_settime(timer, 0, &alarm, NULL);
                break;
            }
            due_count++;
            start(free_ones[--idle], due);
        }
        struct epoll_event events[256];
        int ready = epoll_wait(poller, events, 256, 100);
        for (int i = 0; i < ready; i++) {
            struct connection *c = events[i].data.ptr;
            if (!c) {
                uint64_t expirations;
                if (read(timer, &expirations, sizeof expirations) < 0 && errno != EAGAIN) fail("timer");
                continue;
            }
            if (!c->busy) continue;
            push(c);
            if (pull(c)) free_ones[idle++] = c;
        }
    }
    getrusage(RUSAGE_SELF, &usage);
    double cpu = (double)usage.ru_utime.tv_sec + (double)usage.ru_stime.tv_sec
        + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    qsort(latencies, (size_t)latency_count, sizeof *latencies, ascending);
    printf("%ld %.3f %.3f %ld %ld %.3f %.3f %.3f %.3f %.3f\n", answers, now() - measure_from, cpu, bad, repeated,
           percentile(.5), percentile(.9), percentile(.99), percentile(.999), percentile(1));
    return 0;
}
