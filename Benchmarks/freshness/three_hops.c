// The floor of freshness: three Kafka hops and nothing else.
//
//   three_hops BOOTSTRAP RATE SECONDS FETCH_WAIT_MS TOPIC_A TOPIC_B TOPIC_C
//
// A message goes through three topics; two relays and a sink read without groups, as fast as librdkafka can. Prints the
// milliseconds from the first produce to the last consume, one line per message. Settings are those of the suite:
// acks=all, idempotent, no linger, Nagle off, short fetch waits.
#include <librdkafka/rdkafka.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static const char *bootstrap, *fetch_wait;
static volatile int done = 0;

static double now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static rd_kafka_t *client(rd_kafka_type_t type) {
    static const char *producer[][2] = { { "acks", "all" }, { "enable.idempotence", "true" }, { "linger.ms", "0" },
                                         { "compression.type", "lz4" }, { NULL, NULL } };
    static const char *consumer[][2] = { { "group.id", "three-hops" }, { "enable.auto.commit", "false" },
                                         { "fetch.error.backoff.ms", "20" },
                                         { NULL, NULL } };
    char error[512];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", bootstrap, error, sizeof error);
    rd_kafka_conf_set(conf, "socket.nagle.disable", "true", error, sizeof error);
    const char *(*own)[2] = type == RD_KAFKA_PRODUCER ? producer : consumer;
    for (; own[0][0]; own++)
        if (rd_kafka_conf_set(conf, own[0][0], own[0][1], error, sizeof error) != RD_KAFKA_CONF_OK)
            fprintf(stderr, "three_hops: %s\n", error), exit(1);
    if (type == RD_KAFKA_CONSUMER) rd_kafka_conf_set(conf, "fetch.wait.max.ms", fetch_wait, error, sizeof error);
    rd_kafka_t *handle = rd_kafka_new(type, conf, error, sizeof error);
    if (!handle) fprintf(stderr, "three_hops: %s\n", error), exit(1);
    return handle;
}

static void produce(rd_kafka_t *handle, const char *topic, const void *bytes, size_t count) {
    while (rd_kafka_producev(handle, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(0),
                             RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_VALUE((void *)bytes, count),
                             RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
        rd_kafka_poll(handle, 1);
    rd_kafka_poll(handle, 0);
}

struct hop { const char *from, *to; };

static void *relay(void *argument) {
    struct hop *hop = argument;
    rd_kafka_t *reader = client(RD_KAFKA_CONSUMER), *writer = hop->to ? client(RD_KAFKA_PRODUCER) : NULL;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(1);
    int64_t low, high = 0;
    rd_kafka_query_watermark_offsets(reader, hop->from, 0, &low, &high, 5000);
    rd_kafka_topic_partition_list_add(list, hop->from, 0)->offset = high;
    rd_kafka_assign(reader, list);
    rd_kafka_topic_partition_list_destroy(list);
    while (!done) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(reader, 100);
        if (!message) continue;
        double sent;
        if (!message->err && message->len >= sizeof sent) {
            memcpy(&sent, message->payload, sizeof sent);
            if (writer) produce(writer, hop->to, message->payload, message->len);
            else if (sent > 0) printf("%.4f\n", now() - sent);
        }
        rd_kafka_message_destroy(message);
    }
    rd_kafka_consumer_close(reader);
    rd_kafka_destroy(reader);
    if (writer) rd_kafka_flush(writer, 2000), rd_kafka_destroy(writer);
    return NULL;
}

int main(int count, char **arguments) {
    if (count != 8) return fprintf(stderr, "usage: three_hops BOOTSTRAP RATE SECONDS FETCH_WAIT_MS A B C\n"), 64;
    bootstrap = arguments[1];
    fetch_wait = arguments[4];
    double rate = atof(arguments[2]), seconds = atof(arguments[3]);
    struct hop hops[] = { { arguments[5], arguments[6] }, { arguments[6], arguments[7] }, { arguments[7], NULL } };
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) pthread_create(&threads[i], NULL, relay, &hops[i]);
    rd_kafka_t *writer = client(RD_KAFKA_PRODUCER);
    char event[350] = { 0 };
    // A negative time warms all hops up and is not printed.
    double zero = -1;
    memcpy(event, &zero, sizeof zero);
    for (int i = 0; i < 20; i++) produce(writer, arguments[5], event, sizeof event), usleep(100000);
    double start = now();
    for (int i = 0; i < rate * seconds; i++) {
        double due = start + i * 1e3 / rate, wait = due - now();
        if (wait > 0) usleep((useconds_t)(wait * 1e3));
        double sent = now();
        memcpy(event, &sent, sizeof sent);
        produce(writer, arguments[5], event, sizeof event);
    }
    rd_kafka_flush(writer, 5000);
    sleep(1);
    done = 1;
    for (int i = 0; i < 3; i++) pthread_join(threads[i], NULL);
    rd_kafka_destroy(writer);
    return 0;
}
