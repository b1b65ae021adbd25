public import Events
public import JSON

extension UserProfile {
    /// Writes the readable form that `docs/profiles.md` describes, as one JSON object.
    ///
    /// - Parameters:
    ///   - user: whose profile it is.
    ///   - now: the moment that recency counts from.
    ///   - policy: the half-life by which affinities have decayed.
    ///   - json: where to write.
    public func write(user: UserKey, now: Timestamp, policy: ProfilePolicy, to json: inout JSONWriter) {
        json.beginObject()
        json.field("user", user.rawValue)
        json.field("revision", Int(clamping: revision))
        json.field("firstSeen", firstSeen.description)
        json.field("lastSeen", lastSeen.description)
        json.field("sessions", sessions)
        json.key("counters")
        json.beginObject()
        for (type, count) in counters.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            json.field(type.rawValue, count)
        }
        json.endObject()
        json.key("affinities")
        json.beginObject()
        json.field("asOf", lastSeen.description)
        write(\.categories, named: "categories", policy: policy, to: &json)
        write(\.tags, named: "tags", policy: policy, to: &json)
        write(\.creators, named: "creators", policy: policy, to: &json)
        json.endObject()
        writeItems(to: &json)
        write(rfm(now: now), to: &json)
        json.key("segments")
        json.beginObject()
        json.key("names")
        json.write(segments.memberships.map(\.description))
        json.field("modelVersion", Int(clamping: segments.modelVersion))
        json.endObject()
        json.endObject()
    }

    private func write(
        _ table: KeyPath<UserProfile, AffinityTable>,
        named name: String,
        policy: ProfilePolicy,
        to json: inout JSONWriter
    ) {
        let scale = policy.scale(at: landmark, relativeTo: lastSeen)
        json.key(name)
        json.beginArray()
        for (name, affinity) in affinities(table, at: lastSeen, policy: policy) {
            let mass = self[keyPath: table].masses[name] ?? AffinityTable.Mass()
            json.beginObject()
            json.field("name", name)
            json.field("affinity", affinity)
            json.field("liked", mass.liked * scale)
            json.field("disliked", mass.disliked * scale)
            json.endObject()
        }
        json.endArray()
    }

    private func writeItems(to json: inout JSONWriter) {
        json.key("items")
        json.beginArray()
        for (id, signal) in items.sorted(by: { ($1.value.lastTime, $0.key) < ($0.value.lastTime, $1.key) }) {
            json.beginObject()
            json.field("id", id)
            json.field("signal", signal.type.rawValue)
            json.field("strength", signal.strength)
            json.field("lastTime", signal.lastTime.description)
            json.field("count", signal.count)
            json.field("consumed", signal.isConsumed)
            json.field("rejected", signal.isRejected)
            json.endObject()
        }
        json.endArray()
    }

    private func write(_ rfm: RFM, to json: inout JSONWriter) {
        json.key("rfm")
        json.beginObject()
        if let days = rfm.recencyDays {
            json.field("recencyDays", days)
        } else {
            json.key("recencyDays")
            json.writeNull()
        }
        json.field("frequency", rfm.frequency)
        json.field("monetary", rfm.monetary)
        json.endObject()
    }
}
