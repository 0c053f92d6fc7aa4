import Evaluation
import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct OffPolicyDiagnosticsTests {
    func kinds(_ findings: [OffPolicyFinding], _ severity: OffPolicyFinding.Severity) -> Set<
        OffPolicyFinding.Kind
    > {
        Set(findings.filter { $0.severity == severity }.map(\.kind))
    }

    @Test func weightsInClosedForm() throws {
        let sample = try OffPolicySample(
            actionCount: 2, action: [0, 1, 0], reward: [1, 0, 1], propensity: [0.5, 0.25, 1],
            target: [1, 0, 0.5, 0.5, 0, 1])
        let weights = try WeightSummary(sample)
        #expect(weights.mean == 4.0 / 3 && weights.largest == 2 && weights.largestShare == 0.5)
        #expect(weights.effectiveSampleSize == 2 && abs(weights.effectiveShare - 2.0 / 3) < 1e-15)
        #expect(abs(weights.zeroShare - 1.0 / 3) < 1e-15)
    }

    @Test func aRightLogIsLeftInPeace() throws {
        var wrong = 0, warned = 0
        for seed in 1...60 {
            let log = try StudyLog.make(1500, target: StudyLog.better, seed: UInt64(seed))
            let findings = try OffPolicyDiagnostics().findings(log.sample, logging: log.logging)
            wrong += kinds(findings, .wrong).count
            warned += findings.isEmpty ? 0 : 1
        }
        #expect(wrong == 0)
        #expect(warned <= 6)
    }

    @Test func wrongPropensitiesShow() throws {
        let log = try StudyLog.make(3000, target: StudyLog.better, seed: 1)
        var sample = log.sample
        sample.propensity = sample.propensity.map { $0 * 0.8 }
        var found = try OffPolicyDiagnostics().findings(sample)
        #expect(kinds(found, .wrong).isSuperset(of: [.meanWeight, .actionCount]))
        #expect(found[0].sentence.contains("logged too low"))
        sample.propensity = log.sample.propensity.map { min(1, $0 * 1.4) }
        found = try OffPolicyDiagnostics().findings(sample)
        #expect(kinds(found, .wrong) == [.meanWeight])
        #expect(kinds(found, .warning).contains(.actionCount))
        sample.propensity = log.sample.propensity.map { _ in 1 }
        #expect(try kinds(OffPolicyDiagnostics().findings(sample), .wrong).contains(.certainPropensities))
        sample.propensity = log.x.map { _ in 0.3 }
        sample.action = sample.action.map { $0 == 2 ? 0 : $0 }
        #expect(try kinds(OffPolicyDiagnostics().findings(sample), .wrong).contains(.equalPropensities))
    }

    @Test func distributionsOfAnotherPolicyShow() throws {
        let log = try StudyLog.make(3000, target: StudyLog.better, seed: 2)
        // The distributions of the contexts' neighbours: each action is as frequent over all, but not where it is stated.
        let logging = log.x.flatMap { StudyLog.logging[2 - $0] }
        var sample = log.sample
        sample.propensity = (0..<3000).map { logging[$0 * 3 + Int(sample.action[$0])] }
        let found = try OffPolicyDiagnostics().findings(sample, logging: logging)
        #expect(found.contains { $0.kind == .calibration && $0.severity == .wrong })
        #expect(throws: BanditError.self) {
            try OffPolicyDiagnostics().findings(log.sample, logging: logging)
        }
    }

    @Test func supportShows() throws {
        var sample = try StudyLog.make(2000, target: StudyLog.better, seed: 3).sample
        let keep = (0..<2000).filter { sample.action[$0] != 2 }
        sample = try OffPolicySample(
            actionCount: 3, action: keep.map { sample.action[$0] }, reward: keep.map { sample.reward[$0] },
            propensity: keep.map { sample.propensity[$0] },
            target: keep.flatMap { Array(sample.target[$0 * 3..<$0 * 3 + 3]) })
        let found = try OffPolicyDiagnostics().findings(sample, names: ["red", "green", "blue"])
        let untried = try #require(found.first { $0.kind == .untriedAction })
        #expect(untried.severity == .wrong && untried.action == 2 && untried.sentence.contains("Try blue"))

        // Action 1 is taken often, but never where the policy wants it.
        let rows = 400
        let thin = try OffPolicySample(
            actionCount: 2, action: (0..<rows).map { Int32($0 % 2) },
            reward: (0..<rows).map { Double($0 % 3) },
            propensity: [Double](repeating: 1, count: rows),
            target: (0..<rows).flatMap { $0 % 2 == 0 ? [0.0, 1] : [1.0, 0] })
        let gaps = SupportCheck(
            sample: thin, names: ["a", "b"], logging: [], tolerated: 0.01, fewest: 10, rare: 0.01
        ).findings()
        #expect(gaps.map(\.severity) == [.wrong, .wrong] && gaps.allSatisfy { $0.kind == .thinSupport })

        // The policy wants action 1 in half of the decisions, where its propensity is 0, or small.
        let cases: [(Double, [OffPolicyFinding.Severity])] = [(0, [.wrong]), (0.005, [.warning]), (0.02, [])]
        for (propensity, severity) in cases {
            let logging = (0..<rows).flatMap { $0 % 2 == 0 ? [1 - propensity, propensity] : [0.5, 0.5] }
            let found = SupportCheck(
                sample: thin, names: ["a", "b"], logging: logging, tolerated: 0.01, fewest: 0, rare: 0.01
            ).findings().filter { $0.action == 1 && abs($0.value - 0.5) < 1e-9 }
            #expect(found.map(\.severity) == severity)
        }
    }

    @Test func rewardsThatDoNotArrive() throws {
        let arrival = RewardArrival(decisions: [1000, 1000, 0], rewards: [900, 700, 0])
        // z² of two shares: 2 · 1000 · 0.1² / (0.8 · 0.2).
        #expect(abs(arrival.pValue - Special.chiSquaredUpperTail(125, df: 1)) < 1e-20)
        let sample = try StudyLog.make(500, target: StudyLog.better, seed: 4).sample
        let found = try OffPolicyDiagnostics().findings(sample, arrival: arrival)
        #expect(found.first?.kind == .arrival && found.first?.severity == .wrong && found.first?.action == 1)
        #expect(RewardArrival(decisions: [10, 20], rewards: [10, 20]).pValue == 1)
    }

    @Test func dominanceAndConstantRewards() throws {
        let sample = try OffPolicySample(
            actionCount: 2, action: [0, 1, 0, 1], reward: [1, 1, 1, 1], propensity: [0.9, 0.1, 0.9, 0.5],
            target: [Double](repeating: 0.5, count: 8))
        let found = try OffPolicyDiagnostics().findings(sample)
        #expect(
            kinds(found, .warning).isSuperset(of: [.dominantDecision, .constantReward, .effectiveSampleSize]))
        #expect(throws: BanditError.self) { try OffPolicyDiagnostics().findings(sample, names: ["one"]) }
    }

    @Test func plainNumbers() {
        #expect(PlainNumber.count(38_210) == "38,000")
        #expect(PlainNumber.count(7.2) == "7" && PlainNumber.count(1_234_567) == "1,200,000")
        #expect(PlainNumber.count(.infinity) == "very many" && PlainNumber.percent(0.1234) == "12.3%")
    }
}

@Suite struct OffPolicyStudyTests {
    let study = OffPolicyStudy(
        StudySNIPS(), others: [StudyIPS()],
        otherIntervals: [StudentInterval(), BootstrapInterval(replicates: 100)])

    @Test func betterAndWorse() throws {
        let good = try StudyLog.make(3000, target: StudyLog.better, seed: 1)
        let report = try study.report(good.sample, logging: good.logging)
        #expect(report.verdict == .better && report.propensities == .logged)
        #expect(report.policy.value.interval.contains(StudyLog.value(StudyLog.better)))
        #expect(report.logging.interval.contains(StudyLog.value(StudyLog.logging)))
        #expect(
            report.policy.difference.interval.contains(
                StudyLog.value(StudyLog.better) - StudyLog.value(StudyLog.logging)))
        #expect(
            abs(report.policy.difference.value - (report.policy.value.value - report.logging.value)) < 1e-12)
        #expect(report.others.map(\.estimator) == ["study-ips"])
        #expect(report.policy.value.others.map(\.method) == ["student", "bootstrap"])
        #expect(report.sensitivity.map(\.gamma) == [1, 1.25, 1.5, 2, 3])
        #expect(abs(report.sensitivity[0].lower - report.policy.difference.value) < 1e-12)
        #expect(report.sentences[0].hasPrefix("Better"))
        let bad = try StudyLog.make(6000, target: StudyLog.worse, seed: 2).sample
        #expect(try study.report(bad).verdict == .worse)
    }

    @Test func theFactorThatFlips() throws {
        let sample = try StudyLog.make(3000, target: StudyLog.better, seed: 3).sample
        let flips = try #require(try study.report(sample).flips)
        let analysis = try SensitivityAnalysis(sample)
        let method = SkewCorrectedInterval()
        #expect(flips > 1.05)
        #expect(try analysis.difference(gamma: flips, interval: method, level: 0.95).contains(0))
        #expect(try !analysis.difference(gamma: flips / 1.002, interval: method, level: 0.95).contains(0))
    }

    @Test func chanceSaysHowManyMore() throws {
        let sample = try StudyLog.make(600, target: StudyLog.logging, seed: 4).sample
        var report = try study.report(sample)
        // The logging policy itself: weights are one and every difference is zero.
        guard case .cannotTell(let same, let never) = report.verdict else {
            Issue.record("there is a verdict")
            return
        }
        #expect(same.kind == .chance && never.hasPrefix("nothing, if"))

        // Rewards that no action moves.
        var noise = try StudyLog.make(600, target: StudyLog.better, seed: 5).sample
        noise.reward = (0..<600).map { Double($0 % 2) }
        report = try study.report(noise)
        guard case .cannotTell(let reason, let tell) = report.verdict else {
            Issue.record("\(report.verdict)")
            return
        }
        #expect(reason.kind == .chance && tell.contains("more decisions like these"))
        let difference = OffPolicyReport.Quantity(
            value: 0.1, standardError: 0.1, interval: Interval(lower: -0.1, upper: 0.3), others: [])
        // Half the width is twice the difference: four times as many are needed.
        guard case .cannotTell(_, let more) = VerdictWords.chance(difference, decisions: 1000) else {
            Issue.record("there is a verdict")
            return
        }
        #expect(more.contains("about 3,000 more"))
    }

    @Test func wrongLogsGetNoVerdict() throws {
        var sample = try StudyLog.make(3000, target: StudyLog.better, seed: 6).sample
        sample.propensity = sample.propensity.map { $0 * 0.7 }
        guard case .cannotTell(let reason, _) = try study.report(sample).verdict else {
            Issue.record("there is a verdict")
            return
        }
        #expect(reason.kind == .wrongLog)
        let tried = try OffPolicySample(
            actionCount: 2, action: (0..<200).map { Int32($0 % 2) }, reward: (0..<200).map { Double($0 % 2) },
            propensity: [Double](repeating: 0.5, count: 200), target: (0..<200).flatMap { _ in [0.0, 1] })
        #expect(try OffPolicyStudy(StudySNIPS(), minimumEffective: 90).report(tried).verdict == .better)
        guard
            case .cannotTell(let few, let tell) = try OffPolicyStudy(StudySNIPS(), minimumEffective: 400)
                .report(tried).verdict
        else {
            Issue.record("there is a verdict")
            return
        }
        #expect(few.kind == .tooFew && tell.contains("about 600 more"))
        var untried = tried
        untried.actionCount = 3
        untried.target = (0..<200).flatMap { _ in [0.0, 0.8, 0.2] }
        guard case .cannotTell(let gap, let try3) = try study.report(untried).verdict else {
            Issue.record("there is a verdict")
            return
        }
        #expect(gap.kind == .support && try3.contains("tried"))
    }

    @Test func estimatedPropensitiesMustSurvive() throws {
        let log = try StudyLog.make(3000, target: StudyLog.better, seed: 7)
        var features = SparseRows()
        for x in log.x {
            features.append(column: Int32(x), value: 1)
            features.endRow()
        }
        let model = try PropensityModel(replicates: 10).fit(
            actions: log.sample.action, actionCount: 3, features: features)
        var sample = log.sample
        sample.propensity = model.taken
        let report = try study.report(sample, estimated: model)
        #expect(report.findings.contains { $0.kind == .estimatedPropensities })
        #expect(report.propensities == .estimated(model.fit))
        #expect(!report.findings.contains { $0.severity == .wrong })
        let flips = try #require(report.flips)
        var strict = study
        strict.requiredGamma = flips + 0.01
        guard case .cannotTell(let reason, let tell) = try strict.report(sample, estimated: model).verdict
        else {
            Issue.record("there is a verdict")
            return
        }
        #expect(reason.kind == .onlyAssumption && tell.contains("logged propensities"))
        strict.requiredGamma = flips - 0.01
        #expect(try strict.report(sample, estimated: model).verdict == .better)
        // With logged propensities the rule does not apply.
        strict.requiredGamma = 50
        #expect(try strict.report(log.sample).verdict == .better)
    }

    @Test func reportsAreCodableAndTheSameOnAnyThreads() throws {
        let sample = try StudyLog.make(500, target: StudyLog.better, seed: 8).sample
        let one = try Parallel.withThreads(1) { try study.report(sample) }
        let four = try Parallel.withThreads(4) { try study.report(sample) }
        #expect(one == four)
        #expect(try JSONDecoder().decode(OffPolicyReport.self, from: JSONEncoder().encode(one)) == one)
    }
}
