import Profiles
public import Sessions

extension StreamState {
    /// About how many bytes of memory the state takes: event ids stand in a list, many of them in a table as well.
    public var approximateBytes: Int { 512 + seen.entries.count * 64 }
}

extension FencedProfile {
    /// About how many bytes of memory the profile takes.
    public var approximateBytes: Int {
        1024 + profile.items.count * 192
            + (profile.categories.masses.count + profile.tags.masses.count + profile.creators.masses.count) * 96
            + profile.segments.windows.values.reduce(0) { $0 + $1.days.values.reduce(128) { $0 + 96 + $1.count * 16 } }
    }
}
