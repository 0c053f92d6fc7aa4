import Foundation
import Kernels
import Testing

@testable import Bandits

@Suite struct MagnitudeReducedMDPTests {
    private let model = EpisodicModel(
        horizon: 3, actions: 2, start: [0.6, 0.4],
        transitions: [[0.9, 0.1], [0.2, 0.8], [0.5, 0.5], [0, 1]])

    /// Every course of an episode with its probability under a policy; the losses are a function of step and
    /// pair.
    private func episodes(
        _ policy: [[Double]], _ loss: (Int, Int) -> Double
    ) -> [(MagnitudeReducedMDP.Episode, Double)] {
        var found: [(MagnitudeReducedMDP.Episode, Double)] = []
        func extend(_ episode: MagnitudeReducedMDP.Episode, _ probability: Double) {
            let step = episode.states.count
            guard probability > 0 else { return }
            guard step < model.horizon else {
                found.append((episode, probability))
                return
            }
            for state in 0..<model.states {
                let arrival =
                    step == 0
                    ? model.start[state]
                    : model.transitions[episode.states[step - 1] * model.actions + episode.actions[step - 1]][
                        state]
                for action in 0..<model.actions {
                    var longer = episode
                    longer.states.append(state)
                    longer.actions.append(action)
                    longer.losses.append(loss(step, state * model.actions + action))
                    extend(longer, probability * arrival * policy[step][state * model.actions + action])
                }
            }
        }
        extend(.init(states: [], actions: [], losses: []), 1)
        return found
    }

    private let policy = [[0.3, 0.7, 0.5, 0.5], [0.8, 0.2, 0.4, 0.6], [0.1, 0.9, 0.25, 0.75]]
    private func loss(_ step: Int, _ pair: Int) -> Double { Double((step * 5 + pair * 3) % 7) / 6 }

    @Test func conforms() throws {
        for learner in [
            MagnitudeReducedMDP(model),
            MagnitudeReducedMDP(model, regularizer: .logBarrier, exploration: 0.1),
        ] {
            try PolicyConformance.check(
                learner, context: { _ in NoContext() },
                outcome: { round, _ in
                    .init(
                        states: [round % 2, 1, 0], actions: [0, round % 2, 1],
                        losses: [0.5, Double(round % 3) / 2, 1])
                })
        }
    }

    /// Over all courses of an episode both estimates have the mean of the losses to come (with hardly any
    /// ridge).
    @Test func estimatesHaveTheMeanOfTheLossesToCome() {
        var expected = [[Double]](repeating: [0, 0, 0, 0], count: 3)
        for step in (0..<3).reversed() {
            for pair in 0..<4 {
                expected[step][pair] = loss(step, pair)
                guard step < 2 else { continue }
                for next in 0..<4 {
                    expected[step][pair] +=
                        model.transitions[pair][next / 2] * policy[step + 1][next] * expected[step + 1][next]
                }
            }
        }
        for estimator in LossEstimator.allCases {
            let learner = MagnitudeReducedMDP(model, estimator: estimator, gamma: 1e-12)
            var mean = [[Double]](repeating: [0, 0, 0, 0], count: 3), total = 0.0
            for (episode, probability) in episodes(policy, loss) {
                let found = learner.estimates(episode, policy: policy).losses
                total += probability
                for step in 0..<3 {
                    for pair in 0..<4 { mean[step][pair] += probability * found[step][pair] }
                }
            }
            #expect(abs(total - 1) < 1e-12)
            for step in 0..<3 {
                for pair in 0..<4 { #expect(abs(mean[step][pair] - expected[step][pair]) < 1e-9) }
            }
        }
    }

    /// Both estimates have one mean with a ridge and features that overlap, and the reduced one is at least
    /// −H/√γ.
    @Test func reducedEstimatesAreBounded() {
        let features = [[0.8, 0.1, 0], [-0.5, 0.6, 0.1], [0.2, -0.7, 0.3], [0.1, 0.3, -0.9]]
        let overlapping = EpisodicModel(
            horizon: 3, actions: 2, start: model.start, transitions: model.transitions, features: features)
        let gamma = 1e-3
        let learners = LossEstimator.allCases.map {
            MagnitudeReducedMDP(overlapping, estimator: $0, gamma: gamma)
        }
        var means = [[Double]](repeating: [Double](repeating: 0, count: 12), count: 2)
        for (episode, probability) in episodes(policy, loss) {
            for (which, learner) in learners.enumerated() {
                let found = learner.estimates(episode, policy: policy).losses.flatMap { $0 }
                for i in found.indices { means[which][i] += probability * found[i] }
                if learner.estimator == .reduced { #expect(found.min()! >= -3 / gamma.squareRoot()) }
            }
        }
        for (a, b) in zip(means[0], means[1]) { #expect(abs(a - b) < 1e-9) }
    }

    @Test func oneStepIsTheBandit() {
        let features = [[0.8, 0.1], [-0.5, 0.6], [0.2, -0.7]]
        let single = EpisodicModel(horizon: 1, actions: 3, start: [1], features: features)
        for regularizer in LossRegularizer.allCases {
            var learner = MagnitudeReducedMDP(single, regularizer: regularizer, exploration: 0.05, eta: 0.3)
            var bandit = MagnitudeReducedFTRL(
                actions: features, regularizer: regularizer, exploration: 0.05, eta: 0.3)
            for round in 0..<50 {
                let a = learner.choose(), b = bandit.choose(BanditContext())
                #expect(zip(a.action[0], b.propensities).allSatisfy { abs($0 - $1) < 1e-12 })
                let loss = Double((round * 7 + b.action * 3) % 5) / 4
                learner.learn(a, .init(states: [0], actions: [b.action], losses: [loss]))
                bandit.learn(b, 1 - loss)
            }
        }
    }

    @Test func bonusesAreDilated() {
        let learner = MagnitudeReducedMDP(model, exploration: 2, gamma: 0.1)
        let bonuses = learner.estimates(episodes(policy, loss)[0].0, policy: policy).bonuses
        let occupancies = model.occupancies(policy)
        func own(_ step: Int, _ pair: Int) -> Double {
            let mates = [pair / 2 * 2, pair / 2 * 2 + 1]
            func norm(_ other: Int) -> Double { 1 / (0.1 + occupancies[step][other]) }
            return 2 * (norm(pair) + mates.reduce(0) { $0 + policy[step][$1] * norm($1) })
        }
        for pair in 0..<4 {
            #expect(abs(bonuses[2][pair] - own(2, pair)) < 1e-9)
            let ahead = (0..<4).reduce(0) {
                $0 + model.transitions[pair][$1 / 2] * policy[2][$1] * bonuses[2][$1]
            }
            #expect(abs(bonuses[1][pair] - own(1, pair) - 4.0 / 3 * ahead) < 1e-9)
        }
    }

    /// A state that has to be sought: the loss of the way there is repaid after it.
    @Test func learnsToGoWhereItPays() {
        var learner = MagnitudeReducedMDP(model, gamma: 0.01, eta: 0.05)
        var random = CounterRandom(seed: 5), late = 0.0
        for round in 0..<3000 {
            let decision = learner.choose()
            var episode = MagnitudeReducedMDP.Episode(states: [], actions: [], losses: [])
            var from = model.start
            for step in 0..<3 {
                let state = random.categorical(weights: from)
                let action = random.categorical(
                    weights: Array(decision.action[step][(2 * state)..<(2 * state + 2)]))
                episode.states.append(state)
                episode.actions.append(action)
                // State 1 costs nothing, action 1 (which leads there) a little, state 0 much, whatever the
                // round.
                episode.losses.append(state == 0 ? 0.8 + (action == 1 ? 0.2 : 0) : 0)
                from = model.transitions[2 * state + action]
            }
            learner.learn(decision, episode)
            if round >= 2000 { late += episode.losses.reduce(0, +) / 1000 }
        }
        // Even play loses about 1.3 in an episode; going to state 1 at once about 0.8.
        #expect(late < 0.95)
        #expect(learner.policy[0][1] > 0.9)
    }
}
