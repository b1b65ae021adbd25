// Sends notices of changed profiles, each for another user, as the profile-updater does.
//
//   notices BOOTSTRAP TOPIC FIRST_USER COUNT [RATE]
//
// At a rate it prints, for each notice, the user's number and the seconds since 1970 at which it was sent.
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long reported = 0, failed = 0;

static void report(rd_kafka_t *handle, const rd_kafka_message_t *message, void *opaque) {
    (void)handle, (void)opaque;
    if (message->err) failed++;
    else reported++;
}

static double seconds(clockid_t clock) {
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec + t.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
    if (count < 5) return fprintf(stderr, "usage: notices BOOTSTRAP TOPIC FIRST_USER COUNT [RATE]\n"), 64;
    long first = atol(arguments[3]), total = atol(arguments[4]);
    double rate = count > 5 ? atof(arguments[5]) : 0;
    const char *settings[][2] = {
        { "bootstrap.servers", arguments[1] }, { "acks", "all" }, { "enable.idempotence", "true" },
        { "partitioner", "murmur2_random" }, { "compression.type", "lz4" }, { "socket.nagle.disable", "true" },
        { "linger.ms", rate > 0 ? "0" : "20" }, { NULL, NULL },
    };
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (int i = 0; settings[i][0]; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK)
            return fprintf(stderr, "notices: %s\n", error), 1;
    rd_kafka_conf_set_dr_msg_cb(conf, report);
    rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_PRODUCER, conf, error, sizeof error);
    if (!handle) return fprintf(stderr, "notices: %s\n", error), 1;
    // The first message of a producer waits for the topic's metadata.
    rd_kafka_topic_t *topic = rd_kafka_topic_new(handle, arguments[2], NULL);
    const struct rd_kafka_metadata *metadata;
    if (rd_kafka_metadata(handle, 0, topic, &metadata, 10000) == RD_KAFKA_RESP_ERR_NO_ERROR)
        rd_kafka_metadata_destroy(metadata);
    double start = seconds(CLOCK_MONOTONIC);
    for (long i = 0; i < total; i++) {
        while (rate > 0 && seconds(CLOCK_MONOTONIC) < start + i / rate) rd_kafka_poll(handle, 1);
        char key[32], value[64];
        int keys = snprintf(key, sizeof key, "user-%07ld", first + i);
        int values = snprintf(value, sizeof value, "{\"user\":\"%s\",\"revision\":1}", key);
        if (rate > 0) printf("%ld %.6f\n", first + i, seconds(CLOCK_REALTIME));
        while (rd_kafka_producev(handle, RD_KAFKA_V_TOPIC(arguments[2]), RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
                   RD_KAFKA_V_KEY(key, (size_t)keys), RD_KAFKA_V_VALUE(value, (size_t)values),
                   RD_KAFKA_V_END) == RD_KAFKA_RESP_ERR__QUEUE_FULL)
            rd_kafka_poll(handle, 10);
        if (i % 64 == 0) rd_kafka_poll(handle, 0);
    }
    while (rd_kafka_outq_len(handle) > 0) rd_kafka_poll(handle, 100);
    if (reported != total) return fprintf(stderr, "notices: %ld of %ld reported, %ld failed\n", reported, total, failed), 1;
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(handle);
    return 0;
}
