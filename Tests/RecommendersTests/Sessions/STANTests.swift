import Recommenders
import Testing

@Suite struct STANTests {
    @Test(arguments: [
        STANParameters(),
        STANParameters(recentSessions: 12, neighbours: 5, lastClicks: 3, recencyDays: 0.0003, idfWeight: 0),
        STANParameters(neighbours: 8, clickDecay: nil, recencyDays: nil, placeDecay: nil, matchDecay: nil),
        STANParameters(recentSessions: 25, clickDecay: 0.5, placeDecay: 0.7, matchDecay: nil, idfWeight: 5),
    ])
    func `scores are those of the definition`(parameters: STANParameters) throws {
        let log = try RandomSessions.log(count: 80, itemCount: 20, seed: 41)
        let model = try STANModel.fit(log, parameters: parameters)
        let dense = DenseSTAN(log: log, parameters: parameters)
        for session in RandomSessions.open(count: 25, itemCount: 20, longest: 8, seed: 42) {
            for seconds in [10.0, 40.0] {
                let expected = dense.scores(after: session, seconds: seconds)
                let list = try model.recommend(after: session, seconds: seconds, limit: 20).scoresByItem
                for (item, score) in expected.enumerated() {
                    #expect(abs(Double(list[item] ?? 0) - score) < 1e-4 * max(1, score))
                }
            }
        }
    }

    @Test func `a neighbour that is older counts less`() throws {
        let log = try SessionLog(
            itemCount: 3,
            sessions: [
                [.init(item: 0, seconds: 0), .init(item: 1, seconds: 0)],
                [.init(item: 0, seconds: 86_400), .init(item: 2, seconds: 86_400)],
            ]
        )
        let model = try STANModel.fit(log, parameters: STANParameters(recencyDays: 1, idfWeight: 0))
        let list = try model.recommend(after: [0], limit: 3, excluding: ItemSet([0]))
        #expect(list.map(\.item) == [2, 1])
        let ratio = (list.scoresByItem[1] ?? 0) / (list.scoresByItem[2] ?? 1)
        #expect(abs(ratio - 0.367_879) < 1e-5)
        expect(.invalidWeight) { _ = try model.recommend(after: [0], seconds: .nan, limit: 3) }
    }

    @Test func `parameters outside their range are refused`() throws {
        let log = try RandomSessions.log(count: 9, itemCount: 4, seed: 43)
        for parameters in [
            STANParameters(recentSessions: 0), STANParameters(neighbours: 0), STANParameters(lastClicks: 0),
            STANParameters(clickDecay: 0), STANParameters(recencyDays: .nan), STANParameters(placeDecay: -1),
            STANParameters(matchDecay: .infinity), STANParameters(idfWeight: -1),
        ] {
            expect(.invalidParameter) { _ = try STANModel.fit(log, parameters: parameters) }
        }
    }
}
