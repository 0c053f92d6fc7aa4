import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Values that bear on situations")
struct ValueTests {
    static func judgement(
        _ text: String, _ relevance: Double, kind: SituationValue.Kind = .right, supports: Double = 1,
        opposes: Double = 0
    ) -> ValueJudgement {
        ValueJudgement(
            SituationValue(kind, text), relevance: relevance, supports: supports, opposes: opposes,
            either: 1 - supports - opposes)
    }

    @Test func sharesAndConflict() throws {
        let picture = ValuePicture([
            Self.judgement("a", 1), Self.judgement("b", 0.5, supports: 0, opposes: 1),
        ])
        let shares = try #require(picture.shares)
        #expect(
            abs(shares.supports - 2.0 / 3) < 1e-12 && abs(shares.opposes - 1.0 / 3) < 1e-12
                && shares.either == 0)
        #expect(abs(try #require(picture.conflict) - 0.6365) < 1e-4)
        #expect(picture.isPlural && !ValuePicture([Self.judgement("a", 1)]).isPlural)
        #expect(ValuePicture([]).shares == nil && ValuePicture([]).conflict == nil)
        #expect(ValuePicture([Self.judgement("a", 0)]).shares == nil)
    }

    @Test func steeringByUserWeights() throws {
        var random = CounterRandom(seed: 3)
        for _ in 0..<200 {
            let picture = ValuePicture(
                (0..<4).map { place in
                    let (a, b) = (random.uniform(), random.uniform())
                    return Self.judgement(
                        "v\(place)", random.uniform(), supports: a / (a + b + 0.3), opposes: b / (a + b + 0.3)
                    )
                })
            let shares = try #require(picture.shares)
            #expect((picture.steering() > 0) == (shares.supports > shares.opposes))
        }
        let picture = ValuePicture([Self.judgement("a", 1), Self.judgement("b", 1, supports: 0, opposes: 1)])
        #expect(picture.steering { $0.text == "b" ? 2 : 0.5 } == -1.5)
    }

    @Test func theFilterDropsAndMerges() {
        let all = [
            Self.judgement("privacy", 0.7), Self.judgement("Right to privacy", 0.9),
            Self.judgement("privacy", 0.8, kind: .value), Self.judgement("Right to a fair trial", 0.6),
            Self.judgement("life", 0.3), Self.judgement("privacy", 0.7),
        ]
        let kept = ValueFilter()(all)
        #expect(kept.map(\.value.text) == ["Right to privacy", "privacy", "Right to a fair trial"])
        #expect(kept[1].value.kind == .value)
        #expect(ValueFilter()(kept) == kept)
        #expect(ValueFilter(mixesKinds: true)(all).map(\.relevance) == [0.9, 0.6])
        #expect(ValueFilter(threshold: 0, overlap: 0.99, cosine: 0.99)(all).count == 4)
        let whole = ValueFilter(threshold: 0, overlap: 1, cosine: 1)(all)
        #expect(Set(whole) == Set(all) && whole.count == all.count)
        #expect(ValueFilter.overlap(["a", "b", "c"], ["a", "c"]) == 0.8)
        #expect(ValueFilter.overlap([], ["a"]) == 0)
        var strict = ValueFilter()
        strict[.value] = 0.85
        #expect(!strict(all).contains { $0.value.kind == .value })
        #expect(SituationValue(.duty, "Duty to help").words == ["help"])
        #expect(SituationValue(.right, "Right to").words == ["right", "to"])
    }

    static let records: [ValueRecord] = {
        let topics = [
            ("promise", "honesty"), ("friend", "loyalty"), ("garden", "nature"), ("secret", "privacy"),
        ]
        var records: [ValueRecord] = []
        for number in 0..<80 {
            let (word, name) = topics[number % 4]
            let isFor = number / 4 % 2 == 0
            records.append(
                ValueRecord(
                    situation: "\(isFor ? "keeping" : "breaking") \(word) on day \(number)",
                    value: SituationValue(.value, name), valence: isFor ? .supports : .opposes,
                    explanation: "about \(name)"))
        }
        return records
    }()

    @Test func aSmallWorldIsLearnt() throws {
        let model = try ValueKaleidoscope(width: 8, buckets: 512, negatives: 3).fit(Self.records, seed: 2)
        #expect(model.certificate.limits.isEmpty && model.values.count == 4)
        let picture = model.picture(of: "breaking a promise to somebody")
        #expect(picture.values.first?.value.text == "honesty")
        #expect(picture.values.first?.explanation == "about honesty")
        #expect((picture.values.first?.opposes ?? 0) > 0.5)
        #expect(model.judge("keeping a promise", SituationValue(.value, "honesty")).supports > 0.5)
        #expect(
            model.judge("my garden", SituationValue(.value, "nature")).relevance
                > model.judge("my garden", SituationValue(.value, "privacy")).relevance)
        let features = model.features("breaking a promise", values: model.values)
        #expect(features.count == 4 && features[0] < 0)

        let loaded = try SituationValueModel(model.state)
        #expect(
            loaded.picture(of: "breaking a secret promise") == model.picture(of: "breaking a secret promise"))
        #expect(loaded.state == model.state)
        let again = try ValueKaleidoscope(width: 8, buckets: 512, negatives: 3).fit(Self.records, seed: 2)
        #expect(again.state == model.state)
        #expect(throws: LearningError.self) { try SituationValueModel(ModelState()) }
        var broken = model.state
        broken.lists["values"] = ["honesty"]
        #expect(throws: LearningError.self) { try SituationValueModel(broken) }
    }

    @Test func thresholdsAreTuned() throws {
        let model = try ValueKaleidoscope(width: 8, buckets: 512, negatives: 3).fit(Self.records)
        let held = ["honesty", "loyalty", "nature", "privacy"].map {
            ValueRecord(
                situation: "keeping promise", value: SituationValue(.value, $0), isRelevant: $0 == "honesty")
        }
        let filter = model.tuned(on: held)
        let scores = held.map { model.judge($0.situation, $0.value).relevance }
        #expect(scores[0] >= filter[.value] && scores[1...].allSatisfy { $0 < filter[.value] })
        #expect(filter[.right] == 0.5)
    }

    @Test func whatTheDataDoNotSay() throws {
        let silent = Self.records.map { ValueRecord(situation: $0.situation, value: $0.value) }
        let model = try ValueKaleidoscope(width: 4, buckets: 64, negatives: 0, epochs: 1).fit(silent)
        #expect(model.certificate.limits.count == 2)
        #expect(abs(model.judge("x", silent[0].value).supports - 1.0 / 3) < 1e-12)
        #expect(throws: LearningError.self) { try ValueKaleidoscope().fit([]) }
        #expect(throws: LearningError.self) { try ValueKaleidoscope().fit([Self.records[0]]) }
        #expect(throws: LearningError.cancelled) {
            try ValueKaleidoscope().fit(Self.records, watch: FitWatch(shouldStop: { true }))
        }
        #expect(model.judge("", SituationValue(.duty, "")).relevance.isFinite)
    }

    @Test func aModelProposes() async throws {
        let chat = ScriptedChat { _, _ in
            #"[{"kind": "Value", "text": "honesty"}, {"kind": "value", "text": "honesty"}, {"kind": "rule", "text": "x"}]"#
        }
        let proposals = try await ChatValueProposer(chat).propose("lying")
        #expect(proposals == [SituationValue(.value, "honesty")])
        let model = try ValueKaleidoscope(width: 4, buckets: 64).fit(Self.records)
        let everything = ValueFilter(threshold: 0, overlap: 1, cosine: 1)
        #expect(
            model.picture(of: "x", candidates: 0, proposals: proposals, filter: everything).values.map(
                \.value)
                == proposals)
        await #expect(throws: ChatError.self) {
            try await ChatValueProposer(ScriptedChat { _, _ in "none" }).propose("lying")
        }
    }
}
