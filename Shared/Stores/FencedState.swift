import Events
import Profiles
import Sessions

/// A state that stands in Redis behind its fence: the value begins with the fence's canonical bytes.
///
/// Those bytes are a prefix code, so a compare-and-set in Redis compares the head of the value byte by byte.
protocol FencedState: Sendable {
    var fence: Fence { get }
}

extension FencedProfile: FencedState {}
extension StreamState: FencedState {}
