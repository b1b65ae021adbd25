import Redis
import Testing

@Suite struct RedisErrorTests {
    @Test(arguments: [
        ("LOADING Redis is loading the dataset in memory", true),
        ("OOM command not allowed when used memory > 'maxmemory'.", true),
        ("READONLY You can't write against a read only replica.", true),
        ("CLUSTERDOWN The cluster is down", true), ("TRYAGAIN Multiple keys request", true),
        ("MASTERDOWN Link with MASTER is down", true), ("BUSY Redis is busy running a script.", true),
        ("NOPERM this user has no permissions", true),
        ("WRONGTYPE Operation against a key holding the wrong kind of value", false),
        ("ERR user_script:1: Script attempted to access nonexistent global variable", false),
    ])
    func `a server's condition is worth a retry, a command's fault is not`(reply: String, isRetriable: Bool) {
        let error = RedisError(serverReply: reply)
        #expect(error.isRetriable == isRetriable)
        #expect(!error.isOutcomeUnknown)
        #expect(error.description == reply)
    }

    @Test func `connection trouble is worth a retry, and says whether the outcome is known`() {
        let codes: [(RedisError.Code, unknown: Bool)] = [
            (.connectFailed, false), (.connectionLost, true), (.timedOut, true), (.closed, false), (.overloaded, false),
        ]
        for (code, unknown) in codes {
            let error = RedisError(code: code, message: "")
            #expect(error.isRetriable)
            #expect(error.isOutcomeUnknown == unknown)
        }
    }
}
