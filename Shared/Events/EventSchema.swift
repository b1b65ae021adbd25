/// The published description of an event: JSON Schema, draft 2020-12.
///
/// It says what a schema can say; key, topic, clock and the sizes in bytes are ``EventValidator``'s alone. A test holds
/// both against each other.
public enum EventSchema {
    /// The schema's JSON.
    public static let json: [UInt8] = PackageResources.event_schema_json
}
