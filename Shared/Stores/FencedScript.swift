import Redis

/// Compare-and-set on the fence at the head of a value.
///
/// Redis has no rollback: the scripts read and check first and then do all writes, none of which can fail any more.
enum FencedScript {
    /// KEYS[1] is the state, ARGV[1] the expected head, empty where there must be no value yet.
    private static let check = """
        if ARGV[1] == '' then
          if redis.call('STRLEN', KEYS[1]) > 0 then return 0 end
        elseif redis.call('GETRANGE', KEYS[1], 0, #ARGV[1] - 1) ~= ARGV[1] then
          return 0
        end

        """

    /// ARGV[2]: the new value; ARGV[3]: its seconds to live.
    private static let write = """
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
        return 1
        """

    /// KEYS[2]: the event ids; ARGV[4]: `append` or `replace`; ARGV[5]: their bytes; ARGV[6]: their seconds to live.
    private static let writeWithSeen = """
        redis.call('STRLEN', KEYS[2])
        redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
        if ARGV[4] == 'append' then
          redis.call('APPEND', KEYS[2], ARGV[5])
        else
          redis.call('SET', KEYS[2], ARGV[5])
        end
        redis.call('EXPIRE', KEYS[2], ARGV[6])
        return 1
        """

    /// Writes a state; answers 1, or 0 for a conflict.
    static func state(_ mode: FenceMode) -> RedisScript {
        mode == .enforced ? fencedState : RedisScript(name: "unfenced-state", source: write)
    }

    /// Writes a state and its list of event ids; answers 1, or 0 for a conflict.
    static func stateAndSeen(_ mode: FenceMode) -> RedisScript {
        mode == .enforced ? fencedStateAndSeen : RedisScript(name: "unfenced-state-and-seen", source: writeWithSeen)
    }

    private static let fencedState = RedisScript(name: "fenced-state", source: check + write)
    private static let fencedStateAndSeen = RedisScript(name: "fenced-state-and-seen", source: check + writeWithSeen)
}
