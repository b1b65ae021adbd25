#!/usr/bin/env bash
# Produces events straight into Kafka with kcat: one JSON object a line, from standard input.
#
#   deploy/produce.sh BROKERS [PREFIX] < events.ndjson
#
# Each event goes to its type's topic under its user's key, with the partitioner that all clients of Freshet share.
# docs/producing.md says what an event must have.
set -euo pipefail

brokers=${1:?usage: produce.sh BROKERS [PREFIX] < events.ndjson}
prefix=${2:-freshet.}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Line by line: topic, key and the event exactly as it came. Ids hold no control characters, so a tab separates.
jq -R -r '
    . as $line | fromjson
    | {
        views: ["view", "page"],
        clicks: ["click"],
        engagement: ["scroll", "dwell", "play", "search", "share"],
        conversions: ["add_to_cart", "remove_from_cart", "purchase", "subscribe"],
        feedback: ["rating", "like", "dislike", "dismiss", "favorite", "review"],
        impressions: ["impression"],
        users: ["identify", "alias", "preferences", "consent"]
      } as $topics
    | (.type as $type | [$topics | to_entries[] | select(.value | index($type)) | .key][0]
        // error("line \(input_line_number): no topic for this type")) as $topic
    | (.userId // ("~" + (.anonymousId // error("line \(input_line_number): neither userId nor anonymousId")))) as $key
    | if .eventId == null or .timestamp == null
      then error("line \(input_line_number): eventId and timestamp are required") else . end
    | "\($topic)\t\($key)\t\($line)"
' > "$work/events"

for topic in $(cut -f1 "$work/events" | sort -u); do
    awk -F '\t' -v topic="$topic" '$1 == topic' "$work/events" | cut -f2- \
        | kcat -P -q -b "$brokers" -t "${prefix}events.$topic" -K $'\t' \
            -X partitioner=murmur2_random -X acks=all -X enable.idempotence=true -X allow.auto.create.topics=false
    echo "$topic: $(awk -F '\t' -v topic="$topic" '$1 == topic' "$work/events" | wc -l)"
done
