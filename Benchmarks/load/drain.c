// The floor of consuming: polls topics from their beginning, without a group, and does nothing with the messages.
//
//   drain BOOTSTRAP PARTITIONS COUNT TOPIC...
//
// Settings are those of the suite's consumers. Prints seconds of wall time and of processor time for COUNT messages.
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

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

int main(int count, char **arguments) {
    if (count < 5) return fprintf(stderr, "usage: drain BOOTSTRAP PARTITIONS COUNT TOPIC...\n"), 64;
    static const char *settings[][2] = {
        { "group.id", "drain" }, { "enable.auto.commit", "false" }, { "fetch.wait.max.ms", "1" },
        { "fetch.error.backoff.ms", "20" }, { "queued.min.messages", "100000" },
        { "queued.max.messages.kbytes", "65536" }, { "socket.nagle.disable", "true" }, { NULL, NULL },
    };
    char error[256];
    double begin = now(), cpu = processor();
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    rd_kafka_conf_set(conf, "bootstrap.servers", arguments[1], error, sizeof error);
    for (int i = 0; settings[i][0]; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK)
            return fprintf(stderr, "drain: %s\n", error), 1;
    rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    for (int topic = 4; topic < count; topic++)
        for (int i = 0; i < atoi(arguments[2]); i++)
            rd_kafka_topic_partition_list_add(list, arguments[topic], i)->offset = RD_KAFKA_OFFSET_BEGINNING;
    rd_kafka_assign(handle, list);
    rd_kafka_topic_partition_list_destroy(list);
    long wanted = atol(arguments[3]), read = 0;
    double bytes = 0, last = now();
    while (read < wanted && now() - last < 20) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(handle, 100);
        if (!message) continue;
        if (!message->err) read++, bytes += message->len, last = now();
        rd_kafka_message_destroy(message);
    }
    printf("%.3f %.3f %ld\n", now() - begin, processor() - cpu, read);
    if (read < wanted) fprintf(stderr, "drain: the topics hold %ld messages, not %ld\n", read, wanted);
    rd_kafka_consumer_close(handle);
    rd_kafka_destroy(handle);
    return read < wanted;
}
