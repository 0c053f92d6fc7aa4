import Foundation
import Kernels

/// What a closed batch says about the generation that made it and about the next one.
public struct GenerationReport: Sendable, Hashable, Codable {
    /// The generation's number, from 0 on.
    public let generation: Int
    /// The number of records in the batch.
    public let count: Int
    /// The mean reward V of the batch.
    public let meanReward: Double
    /// V less the V of the generation before; `nil` for the first.
    public let change: Double?
    /// What the next generation's policy would have earned on this batch: Σ w·r/Σ w with w = p_next/p_logged; not a number where it
    /// gives all recorded arms probability 0.
    public let nextValue: Double
    /// The number of equally weighted records that these weights are worth, (Σ w)²/Σ w².
    public let effectiveSize: Double
    /// The share of rewards in the records that the next model was fitted to.
    public let positiveRate: Double
    /// The entropy of that share, in bits.
    public let labelEntropy: Double
    /// The mean log-loss of this generation's model on its own batch; `nil` in the first generation.
    public let logLoss: Double?
    /// For each arm, mean reward less mean prediction on its own batch; `nil` for arms without records. Empty in the first generation
    /// and where arms have no number of their own.
    public let calibrationGaps: [Double?]
    /// The mean entropy of the policy's probabilities over the batch, in bits.
    public let policyEntropy: Double

    init(
        generation: Int, records: [BatchRecord], arms: Int?, model: ChoiceModel?, trainingRewards: [Double],
        previous: Double?, current: (BanditContext) -> [Double], next: (BanditContext) -> [Double]
    ) {
        self.generation = generation
        count = records.count
        meanReward = Statistics.mean(records.map(\.reward))
        change = previous.map { [meanReward] in meanReward - $0 }
        let weights = records.map { next($0.context)[$0.arm] / $0.propensity }
        let total = weights.reduce(0, +)
        nextValue = zip(records, weights).reduce(0) { $0 + $1.0.reward * $1.1 } / total
        effectiveSize = total * total / weights.reduce(0) { $0 + $1 * $1 }
        let rate =
            trainingRewards.isEmpty
            ? 0 : trainingRewards.reduce(0, +) / Double(trainingRewards.count)
        positiveRate = rate
        labelEntropy = Self.entropy([rate, 1 - rate])
        policyEntropy = Statistics.mean(records.map { Self.entropy(current($0.context)) })
        guard let model else {
            logLoss = nil
            calibrationGaps = []
            return
        }
        let chances = records.map { model.chance($0.context, $0.arm) }
        logLoss = Statistics.mean(
            zip(records, chances).map { record, chance in
                let q = min(max(chance, 1e-15), 1 - 1e-15)
                return -record.reward * log(q) - (1 - record.reward) * log(1 - q)
            })
        calibrationGaps = (0..<(arms ?? 0)).map { arm in
            let gaps = zip(records, chances).filter { $0.0.arm == arm }.map { $0.0.reward - $0.1 }
            return gaps.isEmpty ? nil : Statistics.mean(gaps)
        }
    }

    private static func entropy(_ p: [Double]) -> Double {
        p.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
    }
}
