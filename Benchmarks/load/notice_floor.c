// The floor of scoring: takes each notice, reads the user's profile and writes a few bytes, one after the other.
//
//   notice_floor BOOTSTRAP PARTITIONS TOPIC REDIS_PORT beginning|end COUNT
//
// Reads without a group. Prints `ready` when it follows the topic's end, and at last the seconds of wall time and of
// processor time from the first notice to the last.
#include <hiredis/hiredis.h>
#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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
    if (count < 7) return fprintf(stderr, "usage: notice_floor BOOTSTRAP PARTITIONS TOPIC PORT beginning|end COUNT\n"), 64;
    const char *settings[][2] = {
        { "bootstrap.servers", arguments[1] }, { "group.id", "floor" }, { "enable.auto.commit", "false" },
        { "fetch.wait.max.ms", "1" }, { "fetch.error.backoff.ms", "20" }, { "queued.min.messages", "100000" },
        { "socket.nagle.disable", "true" }, { NULL, NULL },
    };
    char error[256];
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    for (int i = 0; settings[i][0]; i++)
        if (rd_kafka_conf_set(conf, settings[i][0], settings[i][1], error, sizeof error) != RD_KAFKA_CONF_OK)
            return fprintf(stderr, "notice_floor: %s\n", error), 1;
    redisContext *redis = redisConnect("127.0.0.1", atoi(arguments[4]));
    if (!redis || redis->err) return fprintf(stderr, "notice_floor: no Redis\n"), 1;
    rd_kafka_t *handle = rd_kafka_new(RD_KAFKA_CONSUMER, conf, error, sizeof error);
    if (!handle) return fprintf(stderr, "notice_floor: %s\n", error), 1;
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(16);
    int follows = strcmp(arguments[5], "end") == 0;
    for (int i = 0; i < atoi(arguments[2]); i++) {
        int64_t low = 0, high = 0;
        rd_kafka_query_watermark_offsets(handle, arguments[3], i, &low, &high, 5000);
        rd_kafka_topic_partition_list_add(list, arguments[3], i)->offset = follows ? high : low;
    }
    rd_kafka_assign(handle, list);
    rd_kafka_topic_partition_list_destroy(list);
    if (follows) puts("ready"), fflush(stdout);
    long wanted = atol(arguments[6]), read = 0;
    double begin = now(), cpu = processor(), last = begin;
    while (read < wanted && now() - last < 20) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(handle, 100);
        if (!message) continue;
        if (!message->err) {
            if (read++ == 0) begin = now(), cpu = processor();
            int size = (int)message->key_len;
            redisReply *reply = redisCommand(redis, "GET {%b}:profile", message->key, message->key_len);
            if (!reply) return fprintf(stderr, "notice_floor: %s\n", redis->errstr), 1;
            freeReplyObject(reply);
            char list[64];
            snprintf(list, sizeof list, "{%.*s}:recs", size, (const char *)message->key);
            reply = redisCommand(redis, "SET %s floor", list);
            if (!reply) return fprintf(stderr, "notice_floor: %s\n", redis->errstr), 1;
            freeReplyObject(reply);
            last = now();
        }
        rd_kafka_message_destroy(message);
    }
    printf("%.3f %.3f %ld\n", now() - begin, processor() - cpu, read);
    rd_kafka_consumer_close(handle);
    rd_kafka_destroy(handle);
    redisFree(redis);
    return read < wanted;
}
