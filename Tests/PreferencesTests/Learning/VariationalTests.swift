import Foundation
import Kernels
import Tensors
import Testing

@testable import Preferences

@Suite("People inferred from their answers")
struct VariationalTests {
    private static let short = PairTrainer(steps: 30, batch: 64)
    private static let quick = PairTrainer(steps: 400, batch: 128, learningRate: 5e-3, patience: 20)

    @Test("The learner keeps the rules that all keep")
    func conformance() throws {
        guard Torch.isAvailable else { return }
        let data = try IdealPointTests.opposed()
        try LearnerConformance.check(
            VariationalPreferences(latent: 3, hidden: [8], trainer: Self.short), on: data)
        try LearnerConformance.check(
            VariationalPreferences(latent: 0, hidden: [8, 8], trainer: Self.short), on: data)
    }

    @Test("Opposite tastes are told apart; each answer narrows what is known of a person")
    func opposites() throws {
        guard Torch.isAvailable else { return }
        let data = try IdealPointTests.opposed(judges: 21)
        let places = Array(0..<data.count)
        let own = places.filter { data.judges[$0] == 20 }
        let model = try VariationalPreferences(hidden: [16], context: 8, trainer: Self.quick).fit(
            data.selecting(places.filter { data.judges[$0] != 20 }), seed: 1)
        #expect(model.isPlural && model.judges.count == 20)
        let probe = data.selecting(Array(own.suffix(20)))
        let one = try model.predict(probe, for: .judge("judge 1")).map(\.value)
        let two = try model.predict(probe, for: .judge("judge 2")).map(\.value)
        #expect(Statistics.pearson(one, two) < -0.5)
        #expect(Statistics.pearson(one, try model.predict(probe, for: .group("first")).map(\.value)) > 0.8)
        var last = [Double](repeating: 1, count: 8)
        for count in [0, 1, 5, 20] {
            let answers = data.selecting(Array(own.prefix(count)))
            let latent = try model.latent(of: answers)
            #expect(zip(latent.variance, last).allSatisfy { $0 <= $1 })
            last = latent.variance
            let predictions = try model.predict(probe, for: .newcomer(answers))
            if count == 0 { #expect(try predictions == model.predict(probe, for: .everyone)) }
            if count == 20 { #expect(Statistics.pearson(predictions.map(\.value), one) > 0.5) }
        }
        let next = try model.nextQuestions(3, among: probe, after: probe.selecting([0]))
        #expect(Set(next.map(\.place)).count == 3)
        let rewards = try model.standings(of: data.items, for: .judge("judge 1")).map(\.reward)
        #expect(rewards.allSatisfy { (0...1).contains($0) })
        #expect(abs(Statistics.mean(rewards) - 0.5) < 1e-9)
    }

    @Test("Where all think alike, one network answers for all and the certificate says so")
    func homogeneous() throws {
        guard Torch.isAvailable else { return }
        let data = try LearningWorld.linear([2, -1, 0.5], count: 600, judges: 6)
        let model = try VariationalPreferences(hidden: [16], trainer: Self.quick).fit(data, seed: 1)
        #expect(!model.isPlural && model.certificate.limits.contains { $0.contains("no plurality") })
        #expect(try model.predict(data, for: .everyone) == model.predict(data, for: .judge("judge 1")))
        #expect(try model.predict(data, for: .everyone).allSatisfy { $0.deviation == nil })
        #expect(try model.nextQuestions(2, among: data.selecting([0, 1, 2]))[0].information < 1e-9)
    }

    @Test("What is inferred does not depend on the order of answers or on which side came first")
    func symmetry() throws {
        guard Torch.isAvailable else { return }
        var data = try IdealPointTests.opposed()
        data.labels[3] = 0.5
        data.labels[5] = 0.8
        let model = try VariationalPreferences(latent: 3, hidden: [8], trainer: Self.short).fit(data)
        let answers = data.selecting(Array(0..<12))
        let known = try model.latent(of: answers)
        let others = [
            try model.latent(of: answers.selecting(Array((0..<12).reversed()))),
            try model.latent(of: answers.swapped()),
        ]
        for other in others {
            for (a, b) in zip(known.mean + known.variance, other.mean + other.variance) {
                #expect(abs(a - b) < 1e-9)
            }
        }
        let nothing = try model.latent(of: data.selecting([]))
        #expect(nothing.mean == [0, 0, 0] && nothing.variance == [1, 1, 1] && nothing.divergence == 0)
        #expect(throws: LearningError.self) { try model.predict(data, for: .group("nobody")) }
    }

    @Test("The divergence is 0 for the prior and 1/2 for a mean of 1")
    func divergence() {
        #expect(VariationalModel.Latent(mean: [0, 0], variance: [1, 1]).divergence == 0)
        #expect(abs(VariationalModel.Latent(mean: [1], variance: [1]).divergence - 0.5) < 1e-12)
    }

    @Test("Standings average to one half, and are one half for who has no preferences")
    func standings() throws {
        let data = try LearningWorld.linear([1, -1])
        let model = LinearRewardModel(weights: [1, -1])
        let rewards = try model.standings(of: data.items).map(\.reward)
        #expect(abs(Statistics.mean(rewards) - 0.5) < 1e-12)
        #expect(rewards.allSatisfy { (0...1).contains($0) })
        let even = try LinearRewardModel(weights: [0, 0]).standings(of: data.items, against: data.items)
        #expect(even.allSatisfy { $0.reward == 0.5 && $0.score == 0 })
        #expect(throws: LearningError.self) {
            try model.standings(of: data.items, against: data.items.selecting([]))
        }
    }
}
