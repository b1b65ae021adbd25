public import Events
public import Profiles
import Redis

extension RedisProfileStore {
    /// The profiles of up to `limit` users in the order of their keys, as `SCAN` meets them: by hash, so any users.
    ///
    /// Profiles that cannot be read are left out. Together they take about `bytes` of memory at most.
    ///
    /// - Throws: ``StoreError``.
    public func sample(limit: Int, bytes: Int) async throws(StoreError) -> [(user: UserKey, profile: UserProfile)] {
        var found: [UserKey: UserProfile] = [:]
        var rest = bytes
        var pages = redis.scan(match: keys.allProfiles).makeAsyncIterator()
        while found.count < limit, rest > 0 {
            let page: [String]?
            do throws(RedisError) {
                page = try await pages.next()
            } catch {
                throw StoreError(error)
            }
            guard let page else { break }
            let users = page.compactMap(keys.user(of:)).filter { found[$0] == nil }.prefix(limit - found.count)
            for (user, outcome) in zip(users, try await load(Array(users))) {
                guard case .found(let state) = outcome, rest > 0 else { continue }
                rest -= state.approximateBytes
                found[user] = state.profile
            }
        }
        return found.sorted { $0.key.rawValue.utf8.lexicographicallyPrecedes($1.key.rawValue.utf8) }
            .map { (user: $0.key, profile: $0.value) }
    }
}
