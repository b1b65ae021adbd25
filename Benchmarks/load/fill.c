// Fills topics with synthetic events of about 500 bytes, as fast as librdkafka can, and waits for every report.
//
//   fill BOOTSTRAP PREFIX KIND COUNT USERS RUN [RATE]
//
// KIND is `events` (to <PREFIX>events.views and .clicks, as an app sends them) or `activity` (to <PREFIX>activity, as the
// stream processor does). Users take turns in runs of RUN consecutive events; items and event ids are all distinct.
// Prints seconds of wall time and of processor time, and the bytes of all values.
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static long reported = 0, failed = 0;

static void report(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle, (void)opaque;
    if (message->err) failed++;
    else reported++;
}

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

static double processor(void) {
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_utime.tv_sec + usage.ru_stime.tv_sec + (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char error[256];
    if (rd_kafka_conf_set(conf, name, value, error, sizeof error) != RD_KAFKA_CONF_OK)
        fprintf(stderr, "fill: %s\n", error), exit(1);
}

int main(int count, char **arguments) {
    if (count < 7) return fprintf(stderr, "usage: fill BOOTSTRAP PREFIX events|activity COUNT USERS RUN [RATE]\n"), 64;
    const char *prefix = arguments[2];
    int activity = strcmp(arguments[3], "activity") == 0;
    long total = atol(arguments[4]), users = atol(arguments[5]), run = atol(arguments[6]);
    double rate = count > 7 ? atof(arguments[7]) : 0;
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", arguments[1]);
    set(conf, "acks", "all");
    set(conf, "enable.idempotence", "true");
    set(conf, "partitioner", "murmur2_random");
    set(conf, "compression.type", "lz4");
    set(conf, "batch.size", "262144");
    set(conf, "linger.ms", rate > 0 ? "1" : "20");
    rd_kafka_conf_set_dr_msg_cb(conf, report);
    char text[1024];
    rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
    if (!handle) return fprintf(stderr, "fill: %s\n", text), 1;
    char topics[2][128];
    snprintf(topics[0], sizeof topics[0], "%s%s", prefix, activity ? "activity" : "events.views");
    snprintf(topics[1], sizeof topics[1], "%s%s", prefix, activity ? "activity" : "events.clicks");

    double start = now(), cpu = processor(), bytes = 0;
    struct timespec wall;
    clock_gettime(CLOCK_REALTIME, &wall);
    long long stamp = wall.tv_sec * 1000LL + wall.tv_nsec / 1000000;
    // No two fills share event ids.
    unsigned long long salt = (unsigned long long)stamp << 20 ^ (unsigned long long)getpid();
    for (long i = 0; i < total; i++) {
        long user = i / run % users, click = i % 5 == 4;
        char key[32], id[48], source[64], received[24], time[40];
        long long at = stamp - (total - i) / 1000;
        int keys = snprintf(key, sizeof key, "user-%07ld", user);
        unsigned long long mixed = (salt + (unsigned long long)i) * 0x9e3779b97f4a7c15ULL;
        snprintf(id, sizeof id, "%08llx-%04llx-7%03llx-8%03llx-%012lx", mixed >> 32, mixed >> 16 & 0xffff, mixed & 0xfff,
                 mixed >> 4 & 0xfff, i);
        time_t second = at / 1000;
        struct tm utc;
        gmtime_r(&second, &utc);
        size_t used = strftime(time, sizeof time, "%Y-%m-%dT%H:%M:%S", &utc);
        snprintf(time + used, sizeof time - used, ".%03lldZ", at % 1000);
        int sized = snprintf(text, sizeof text,
            "{\"eventId\":\"%s\",\"type\":\"%s\",\"userId\":\"%s\",\"anonymousId\":\"a-%07ld\",\"sessionId\":\"s-%06ld\","
            "\"itemId\":\"item-%07ld\",\"timestamp\":\"%s\",\"context\":{\"device\":\"mobile\",\"os\":\"ios\","
            "\"locale\":\"en-GB\",\"country\":\"GB\",\"page\":\"/items/%07ld\",\"placement\":\"home\"},"
            "\"recommendation\":{\"requestId\":\"%s\",\"position\":%ld,\"source\":\"als\"},"
            "\"consent\":{\"personalization\":true,\"analytics\":true},"
            "\"properties\":{\"campaign\":\"autumn\",\"variant\":\"%c\"}",
            id, click ? "click" : "view", key, user, user % 1000000, i, time, i, id, i % 20, (char)('a' + i % 4));
        if (activity)
            sized += snprintf(text + sized, sizeof text - sized,
                ",\"receivedAt\":\"%s\",\"session\":{\"id\":\"s%016llx\",\"start\":\"%s\"},"
                "\"item\":{\"categories\":[\"Drama\",\"Thriller\"],\"tags\":[],\"creator\":null}", time, mixed, time);
        sized += snprintf(text + sized, sizeof text - sized, "}");
        snprintf(received, sizeof received, "%lld", at);
        // As if views and clicks had alternated on one partition of the source topic.
        snprintf(source, sizeof source, "1:%s:0:%ld", click ? "clicks" : "views", i);
        bytes += sized;
        while (rd_kafka_producev(handle, RD_KAFKA_V_TOPIC(topics[click]), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                   RD_KAFKA_V_KEY(key, (size_t)keys), RD_KAFKA_V_VALUE(text, (size_t)sized),
                   RD_KAFKA_V_HEADER("event-id", id, -1), RD_KAFKA_V_HEADER("event-type", click ? "click" : "view", -1),
                   RD_KAFKA_V_HEADER("received-at", received, -1),
                   RD_KAFKA_V_HEADER(activity ? "source" : "schema-version", activity ? source : "1", -1),
                   RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
            rd_kafka_poll(handle, 10);
        if (i % 64 == 0) rd_kafka_poll(handle, 0);
        while (rate > 0 && now() < start + i / rate) rd_kafka_poll(handle, 1);
    }
    while (rd_kafka_outq_len(handle) > 0) rd_kafka_poll(handle, 100);
    if (reported != total) return fprintf(stderr, "fill: %ld of %ld reported, %ld failed\n", reported, total, failed), 1;
    printf("%.3f %.3f %.0f\n", now() - start, processor() - cpu, bytes);
    rd_kafka_destroy(handle);
    return 0;
}
