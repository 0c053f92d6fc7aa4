import Foundation
import Kernels
import Testing

@testable import Preferences

@Suite("Critiques by several reviewers")
struct CritiqueTests {
    static func unit(_ site: String, _ agent: String = "ann", criterion: String = "") -> CritiqueUnit {
        CritiqueUnit(site: site, criterion: criterion, flaw: "flaw", agent: agent)
    }

    @Test func focalValues() {
        let loss = FocalLoss()
        for (p, value) in [(0.3, 1.203973), (0.5, 0.693147), (0.75, 0.071921), (0.9, 0.004214)] {
            #expect(abs(loss.value(Special.logit(p), label: 1) - value) < 1e-6)
        }
        for d in stride(from: -4.0, through: 4, by: 0.37) {
            for y in [0, 0.3, 0.5, 1] {
                #expect(
                    abs(FocalLoss(gamma: 0).value(d, label: y) - LogisticLoss().value(d, label: y)) < 1e-12)
                #expect(abs(loss.value(d, label: y) - loss.value(-d, label: 1 - y)) < 1e-12)
                let slope = (loss.value(d + 1e-6, label: y) - loss.value(d - 1e-6, label: y)) / 2e-6
                #expect(abs(loss.slope(d, label: y) - slope) < 1e-6)
            }
            if d <= 0 { #expect(loss.value(d, label: 1) == LogisticLoss().value(d, label: 1)) }
        }
        #expect(loss.value(800, label: 1) == 0 && loss.slope(800, label: 1) == 0)
    }

    @Test func learnersTakeTheFocalLoss() throws {
        let data = try LearningWorld.linear([1, -1, 0.5])
        try LearnerConformance.check(LinearReward(loss: FocalLoss(), ridge: 0.01), on: data)
    }

    @Test func oneReviewerWhoIsBelieved() {
        let units = [Self.unit("line 1"), Self.unit("line 2"), Self.unit("line 2", criterion: "style")]
        let merged = MergedCritique(units.map { GradedUnit($0, .correct) })
        #expect(merged.units == units && merged.supporters == [1, 1, 1])
        #expect(merged.score(of: "ann") == 0 && merged.score(of: "ben") == -3)
        #expect(MergedCritique([]).text == "No flaws found.")
    }

    @Test func aPerfectJudgeGivesTheUnionOfTrueFlaws() {
        var random = CounterRandom(seed: 5)
        var (found, flaws) = (0, 0)
        for _ in 0..<2000 {
            let isFlaw = (0..<5).map { _ in random.bernoulli(0.4) }
            var graded: [GradedUnit] = []
            var union: Set<String> = []
            for agent in 0..<3 {
                for site in 0..<5 where random.bernoulli(isFlaw[site] ? 0.5 : 0.3) {
                    graded.append(
                        GradedUnit(Self.unit("s\(site)", "a\(agent)"), isFlaw[site] ? .correct : .fabricated))
                    if isFlaw[site] { union.insert("s\(site)") }
                }
            }
            #expect(Set(MergedCritique(graded).units.map(\.site)) == union)
            found += union.count
            flaws += isFlaw.count { $0 }
        }
        #expect(abs(Double(found) / Double(flaws) - 0.875) < 0.02)
    }

    @Test func mergingTakesTheSurestAndCorrects() {
        var better = Self.unit("Line 4", "ben")
        better.flaw = "off by one"
        let graded = [
            GradedUnit(Self.unit("line 4", "ann"), .correct, confidence: 0.6),
            GradedUnit(better, .correct, confidence: 0.9),
            GradedUnit(Self.unit("line 9", "ann"), .inaccurateSite, correction: Self.unit("line 8", "ann")),
            GradedUnit(Self.unit("line 7", "ben"), .incomplete),
            GradedUnit(Self.unit("line 1", "ben"), .fabricated, correction: Self.unit("line 1", "ben")),
        ]
        let merged = MergedCritique(graded)
        #expect(merged.units.map(\.site) == ["Line 4", "line 8"] && merged.units[0].flaw == "off by one")
        #expect(merged.supporters == [2, 1])
        #expect(merged.score(of: "ann") == -1 && merged.score(of: "ben") == -7)
        let pair = merged.pair(agents: ["ann", "ben"], of: CritiqueCase(task: "t", response: "r"))
        #expect(pair?.chosenBy == "merged" && pair?.rejectedBy == "ben" && pair?.gap == 7)
        #expect(pair?.texts.first.contains("off by one") == true)
        #expect(merged.pair(agents: ["ann", "ben"], of: CritiqueCase(task: "", response: ""), gap: 8) == nil)
        #expect(merged.pair(agents: [], of: CritiqueCase(task: "", response: "")) == nil)
    }

    @Test func revisionsThatPayNoHeedKeepHalf() {
        var random = CounterRandom(seed: 2)
        let filter = RevisionFilter()
        func draw() -> [[Double]] { (0..<4).map { _ in (0..<8).map { _ in random.normal() } } }
        let kept = (0..<4000).count { _ in filter.reading(chosen: draw(), rejected: draw()).keeps }
        #expect(abs(Double(kept) / 4000 - 0.5) < 0.03)
        let reading = filter.reading(chosen: [[2, 4], [3, 3]], rejected: [[1, 1], [1, 1]])
        #expect(reading == .init(gap: 2, deviation: 0, keeps: true))
        #expect(!RevisionFilter(margin: 2).reading(chosen: [[2, 4]], rejected: [[1]]).keeps)
        #expect(filter.reading(chosen: [[2]], rejected: [[1]]).deviation == nil)
    }

    @Test func theAudit() {
        let merged = MergedCritique([
            GradedUnit(Self.unit("1", "ann"), .correct), GradedUnit(Self.unit("2", "ann"), .fabricated),
            GradedUnit(Self.unit("1", "ben"), .correct), GradedUnit(Self.unit("3", "ben"), .correct),
        ])
        var again = merged.graded
        again[1].grade = .correct
        let audit = CritiqueAudit(
            [merged], agents: ["ann", "ben", "cas"], repeats: [0: again],
            readings: [
                .init(gap: 1, deviation: nil, keeps: true), .init(gap: -1, deviation: nil, keeps: false),
            ])
        #expect(audit.agents[0] == .init(name: "ann", units: 2, precision: 0.5, recall: 0.5))
        #expect(audit.agents[1] == .init(name: "ben", units: 2, precision: 1, recall: 1))
        #expect(audit.agents[2].precision.isNaN && audit.agents[2].recall == 0)
        #expect(audit.selfAgreement == 0.75 && audit.rejected == 0.5)
    }

    @Test func modelsReviewJudgeAndRevise() async throws {
        let critic = ScriptedChat(name: "critic") { messages, _ in
            messages.last?.text.contains("Criteria:\nstyle") == true
                ? #"Here: [{"site": "line 1", "flaw": "wrong", "severity": 9}, {"site": "line 2"}]"# : "[]"
        }
        let judge = ScriptedChat(name: "judge") { messages, _ in
            let text = messages.last?.text ?? ""
            if text.contains("Judge remark 1 ") { return #"{"grade": "correct", "confidence": 2}"# }
            if text.contains("Judge remark 2 ") {
                return #"{"grade": "incomplete", "suggestion": "shorten"}"#
            }
            return "cannot say"
        }
        let subject = CritiqueCase(task: "t", response: "r", criteria: ["style"], reference: "good")
        let panel = CritiquePanel(
            agents: [ChatCritic(critic, name: "a"), ChatCritic(critic, name: "b")],
            judge: ChatCritiqueJudge(judge))
        let review = try await panel.review(subject)
        #expect(review.merged.units.map(\.site) == ["line 1", "line 2"])
        #expect(review.merged.units[1].suggestion == "shorten" && review.merged.units[0].severity == 5)
        #expect(review.scores == [-1, -12] && review.pair?.rejectedBy == "b")
        #expect(
            try JSONDecoder().decode(CritiquePanel.Review.self, from: JSONEncoder().encode(review)) == review)

        let reviser = ScriptedChat { messages, options in
            (messages.last?.text.contains("wrong") == true ? "better" : "same") + " \(options.seed ?? 0)"
        }
        let pair = CritiquePair(subject: subject, chosen: review.merged.units, rejected: [])
        let reading = try await RevisionFilter(samples: 2).reading(
            pair, revisers: [ChatReviser(reviser), ChatReviser(reviser)]
        ) { _, text in text.hasPrefix("better") ? 1 : 0 }
        #expect(reading == .init(gap: 1, deviation: 0, keeps: true))
        await #expect(throws: LearningError.self) {
            try await RevisionFilter(samples: 1).reading(pair, revisers: [ChatReviser(reviser)]) { _, _ in
                .nan
            }
        }
        let mute = ScriptedChat { _, _ in "?" }
        await #expect(throws: ChatError.self) { try await ChatCritic(mute).critique(subject) }
        let quiet = try await CritiquePanel(
            agents: [ChatCritic(critic)], judge: ChatCritiqueJudge(mute)
        ).review(CritiqueCase(task: "t", response: "r"))
        #expect(quiet.merged.units.isEmpty && quiet.pair == nil)
    }
}
